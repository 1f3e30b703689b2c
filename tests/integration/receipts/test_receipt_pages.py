"""The receipt on the counter's screen, and the page on which anybody checks one."""

import io
import json
import re
from datetime import timedelta

import numpy as np
import pytest
import segno
import zxingcpp

from manifests.receipts.schemas import LONGEST
from postal.identity.rules import Role
from postal.proof import standalone
from tests.factories.identity import person
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisations
from tests.factories.pages import check_page
from tests.factories.proof import Log

A, B = item(1), item(2)
SAME_SITE = {"Origin": "http://testserver"}


@pytest.fixture
async def manifest(client, clock):
    """One of two pieces received, the other one missing."""
    await registered(A, B, now=clock.instant)
    await organisations(STRANGER)
    giver = await party(client, GIVER, now=clock.instant)
    code = await giver.sealed(A, B)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=3))
    return code


async def sign_in(client, clock, organisation, role=Role.CLERK):
    login = organisation.lower()
    await person(
        f"NV-{organisation}", organisation, role, now=clock.instant, login=login, password="mật khẩu dài 123"
    )
    form = {"login": login, "password": "mật khẩu dài 123"}
    assert (await client.post("/sign-in", data=form, headers=SAME_SITE)).status_code == 303


async def followed(client, answer):
    """Go where a browser would, with the method that it would use."""
    while answer.is_redirect:
        request = answer.next_request
        answer = await client.request(request.method, request.url.path, headers=SAME_SITE)
    return answer


def decoded(text):
    """Read the QR code of a page by a program that is not ours: each stroke is a run of dark modules."""
    width, path = re.search(r'<svg [^>]*width="(\d+)".+? d="([^"]+)"', text).groups()
    dots = np.full((int(width), int(width)), 255, dtype=np.uint8)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path):
        dots[int(y), int(x) : int(x) + int(length)] = 0
    [read] = zxingcpp.read_barcodes(dots.repeat(4, axis=0).repeat(4, axis=1))
    return read.text


async def asked(client, text="", file=None, name="receipt.json"):
    files = {"file": (name, file if file is not None else b"")}
    return await client.post("/verify", data={"receipt": text}, files=files, headers=SAME_SITE)


async def test_closing_shows_both_parties_the_receipt_at_once_as_a_qr_code(client, clock, manifest):
    await sign_in(client, clock, RECEIVER, Role.DESK)
    assert "/receipt" not in (await client.get(f"/manifests/{manifest}")).text, "nothing received yet"
    await scanned(scan(1, "receive", A, minute=130, manifest=manifest, received=131))
    assert f'action="/manifests/{manifest}/receipt"' in (await client.get(f"/manifests/{manifest}")).text
    closed = await client.post(f"/manifests/{manifest}/close", data={"then": "receipt"}, headers=SAME_SITE)
    shown = await followed(client, closed)
    text = check_page(shown)
    number = re.search(r"GN-\d{6}-\w{8}", text)[0]
    assert shown.url.path == f"/receipts/{number}"
    for told in ("Khớp", "Thiếu", GIVER, RECEIVER, manifest):
        assert told in text
    promise = decoded(text)
    assert len(promise.encode()) <= 600
    assert number in promise
    assert "right" in check_page(await client.post("/verify?lang=en", data={"receipt": promise}), "en")
    await sign_in(client, clock, GIVER)
    other = check_page(await client.get(f"/receipts/{number}?lang=vi"))
    assert promise.splitlines()[0] in other, "the giver sees the same"
    await sign_in(client, clock, STRANGER)
    assert (await client.get(f"/receipts/{number}")).status_code == 404


async def test_anybody_is_told_in_one_sentence_whether_what_they_hold_is_right(
    client, clock, manifest, settings
):
    receiver = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    await scanned(scan(1, "receive", A, minute=130, manifest=manifest, received=131))
    promise = (await receiver.post(f"/manifests/{manifest}/receipt")).json()
    form = check_page(await client.get("/verify"))
    assert 'type="file"' in form
    await Log(settings.folder).gather(clock.instant)
    receipt = (await receiver.get(f"/receipts/{promise['number']}")).json()
    whole, words = json.dumps(receipt), standalone.SENTENCES
    pasted = promise["promise"].replace("\n", "\r\n")
    for given, code in (
        ({"text": pasted}, "receipt.verified"),
        ({"text": whole}, "receipt.verified"),
        ({"file": whole.encode()}, "receipt.verified"),
        ({"file": b"\xef\xbb\xbf" + promise["promise"].encode(), "name": "a.txt"}, "receipt.verified"),
        ({"text": pasted.replace("counts 1/", "counts 2/")}, "receipt.altered"),
        ({"file": whole[:-30].encode()}, "receipt.unreadable"),
        ({"text": "xin chào <b>"}, "receipt.unreadable"),
    ):
        answer = await asked(client, **given)
        text = check_page(answer)
        assert (answer.status_code, words[code][0] in text, code in text) == (200, True, True), given
        assert answer.headers["cache-control"] == "no-store"
        assert ("answer done" in text) is (code in standalone.GOOD)
    picture = io.BytesIO()
    segno.make_qr("x").save(picture, kind="png")
    for given, status, code in (
        ({"file": picture.getvalue()}, 400, "receipt.not_text"),
        ({"text": "  "}, 400, "receipt.nothing_given"),
        ({"text": "x" * (LONGEST + 1)}, 413, "receipt.too_long"),
        ({"file": b"x" * (LONGEST + 200_000)}, 413, "receipt.too_long"),
    ):
        answer = await asked(client, **given)
        assert (answer.status_code, code in answer.text) == (status, True), (code, answer.text[-900:])
        check_page(answer)
