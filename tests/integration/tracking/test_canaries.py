"""At every stage, nothing about a person is in what anybody is told: not in HTML, JSON or headers, in no writing."""

import json
import secrets
import unicodedata
from datetime import timedelta

import pytest

from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.pieces import scan

FAMILIES, GIVEN = ("Đặng", "Nguyễn", "Trương", "Ưng"), ("Thuỳ", "Quỳnh", "Ngưỡng", "Ỷ")


def canary():
    """Make a person that nothing else here has a word of."""
    mark = secrets.token_hex(4)
    return {
        "name": f"{secrets.choice(FAMILIES)} {secrets.choice(GIVEN)} Zq{mark}",
        "phone": "09" + "".join(secrets.choice("0123456789") for _ in range(8)),
        "address": f"{secrets.randbelow(900) + 100} ngõ Zx{mark}, phường Thuận Hoá",
        "email": f"zy{mark}@example.vn",
        "identity_number": "0" + "".join(secrets.choice("123456789") for _ in range(11)),
    }


def writings(person):
    """Write what is personal as it could leak: composed, decomposed, plain, in JSON, words and halves by themselves."""
    parts = {
        *person.values(),
        *person["name"].split()[-1:],
        person["phone"][-7:],
        person["address"].split(",")[0],
    }
    for part in list(parts):
        plain = "".join(one for one in unicodedata.normalize("NFD", part) if not unicodedata.combining(one))
        parts |= {
            unicodedata.normalize("NFD", part),
            plain.replace("Đ", "D").replace("đ", "d"),
            json.dumps(part)[1:-1],
        }
    return {part.casefold() for part in parts}


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def heard(client, code):
    """Ask everything that anybody may ask of a code, and give every byte of every answer with its head."""
    said = []
    for method, path, body in (
        ("GET", f"/api/v1/track/{code}", None),
        ("GET", f"/t/{code}", None),
        ("GET", f"/t/{code}?lang=en", None),
        ("GET", f"/t?code={code}", None),
        ("POST", f"/api/v1/track/{code}", {"json": {"last4": "0000"}}),
        ("POST", f"/t/{code}", {"data": {"last4": "0000"}}),
        ("GET", f"/rate?code={code}", None),
        ("GET", f"/feedback/new?code={code}", None),
    ):
        client.cookies.clear()
        answer = await client.request(method, path, **(body or {}))
        assert answer.status_code < 500
        said.append(
            "\n".join(f"{name}: {value}" for name, value in answer.headers.items()) + "\n" + answer.text
        )
    return "\n".join(said)


@pytest.fixture
def settings(settings):
    """Lift the limits: this asks a hundred times a minute, as nobody may."""
    from msgspec.structs import replace

    named = {"tracking": 0, "rating": 0, "tracking-digits": 0}
    return replace(settings, limits=replace(settings.limits, anonymous_per_minute=0, named=named))


async def test_no_anonymous_byte_tells_who_or_what_at_any_stage(desks, clock):
    person = canary()
    forbidden = writings(person) | {"thủ tục thử", "9.000001", DESK.casefold(), OFFICE.casefold()}
    code = await desks.dossier(code="000.00.01.H99-261123-0001", applicant=person)
    item = None

    async def stages():
        yield "registered"
        await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
        yield "accepted"
        await scan("receive", code, DESK, clock.advance(timedelta(hours=1)))
        await desks.states(code, "received", "step_done")
        yield "at work"
        await desks.state(code, "supplement_requested", reason="PAPERS_MISSING", items=[])
        yield "asked for papers"
        await desks.states(code, "supplemented", "completed")
        result = f"{code}-KQ"
        await scan("receive", result, OFFICE, clock.advance(timedelta(hours=1)), counterparty=DESK)
        await scan("out_for_delivery", result, OFFICE, clock.advance(timedelta(hours=1)))
        await scan("attempt_failed", result, OFFICE, clock.advance(timedelta(hours=1)), reason="ABSENT")
        yield "not at home"
        await scan("deliver", result, OFFICE, clock.advance(timedelta(hours=1)), counted={"originals": 1})
        yield "handed over"

    told = 0
    async for stage in stages():
        if stage == "accepted":
            made = await desks.client.post(
                "/api/v1/items", json={"destination": DESK, "pieces": [code]}, headers=desks.clerk
            )
            item = made.json()["code"]
        for asked in filter(None, (code, f"{code}-KQ", item)):
            text = (await heard(desks.client, asked)).casefold()
            told += "hồ sơ" in text
            assert not {one for one in forbidden if one in text.replace(code.casefold(), "")}, (stage, asked)
            assert AUTHORITY.casefold() not in text.replace(code.casefold(), "")
    assert told >= 15
    seen = (await desks.client.get(f"/api/v1/dossiers/{code}", headers=desks.clerk)).text.casefold()
    assert person["name"].casefold() in seen, "they are there to be found"
