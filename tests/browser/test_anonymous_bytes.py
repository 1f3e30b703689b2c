"""What reaches an anonymous browser: no name, phone or address of anybody, in no header, page or file, of no code."""

import unicodedata

import pytest

from tests.browser.scenes import CANARIES

CODES = ("late", "asked", "ready", "carried", "fresh", "dossier", "carried_item", "lost")
OPEN_PAGES = (
    "/",
    "/t",
    "/statistics",
    "/apologies",
    "/feedback/published",
    "/published-reports",
    "/k",
    "/procedures",
)


def spellings() -> set[str]:
    """Write each canary as a page may: composed or not, plain, in capitals, in an address, half of a phone."""
    found = set()
    for canary in CANARIES:
        stripped = (
            "".join(
                letter for letter in unicodedata.normalize("NFD", canary) if not unicodedata.combining(letter)
            )
            .replace("Đ", "D")
            .replace("đ", "d")
        )
        for text in (canary, stripped, canary.replace(" ", "+"), canary.replace(" ", "%20")):
            found |= {unicodedata.normalize(form, text).casefold() for form in ("NFC", "NFD")}
    return found


@pytest.mark.slow
async def test_nothing_personal_reaches_the_anonymous(house, visit):
    """Everything that the network log of a visitor who tracks and reads holds, the API's answers included."""
    visitor = await visit()
    received: list[tuple[str, str]] = []

    paths = [
        *OPEN_PAGES,
        *(f"{way}/{house.codes[code]}" for code in CODES for way in ("/t", "/api/v1/track")),
    ]
    for path in paths:
        answer = await visitor.page.goto(house.url + path)
        headers = "\n".join(f"{name}: {value}" for name, value in (await answer.all_headers()).items())
        received.append((answer.url, headers + "\n\n" + (await answer.body()).decode()))
    await visitor.go("/")
    await visitor.page.fill("[name=code]", house.codes["late"])
    async with visitor.page.expect_navigation():
        await visitor.page.press("[name=code]", "Enter")
    received.append((visitor.page.url, await visitor.page.content()))
    # They are there to be found: whoever may see them does.
    clerk = await visit("clerk")
    answer = await clerk.page.goto(f"{house.url}/api/v1/dossiers/{house.codes['late']}")
    seen = (await answer.body()).decode()
    assert any(canary in seen for canary in CANARIES)
    assert len(received) == len(paths) + 1
    assert sum(house.codes["late"] in text for _, text in received) >= 2
    found = [
        (url, canary)
        for url, text in received
        for canary in spellings()
        if canary in unicodedata.normalize("NFC", text).casefold() or canary in text.casefold()
    ]
    assert not found
    assert not any(canary in url.casefold() for url in visitor.watch.requests for canary in spellings())
    assert not [request for request in visitor.watch.requests if request.split("?")[0].endswith(".js")]
