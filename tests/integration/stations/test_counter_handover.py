"""Two sides at a counter, through pages alone and without JavaScript."""

import pytest

from postal.identity.rules import Role
from tests.factories.identity import person
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered
from tests.factories.network import organisations
from tests.factories.pages import check_page

A, B, C = item(1), item(2), item(3)
SAME_SITE = {"Origin": "http://testserver"}
PASSWORD, PIN = "mật khẩu dài 123", "402917"


@pytest.fixture
async def counter(client, clock):
    """A sealed manifest, and a person on each side and on none."""
    await registered(A, B, C, now=clock.instant)
    await organisations(STRANGER)
    for place, role in ((GIVER, Role.CLERK), (RECEIVER, Role.DESK), (STRANGER, Role.CLERK)):
        await person(f"NV-{place}", place, role, now=clock.instant, login=place.lower(), password=PASSWORD)
    giver = await party(client, GIVER, now=clock.instant)
    return Counter(client, await giver.sealed(A, B, C))


class Counter:
    def __init__(self, client, code):
        self.client, self.code = client, code
        self.path = f"/scan/handover/{code}"

    async def sign_in(self, place):
        form = {"login": place.lower(), "password": PASSWORD}
        assert (await self.client.post("/sign-in", data=form, headers=SAME_SITE)).status_code == 303

    async def post(self, what, **form):
        return await self.client.post(f"{self.path}/{what}", data=form, headers=SAME_SITE)

    async def page(self, language="vi"):
        return check_page(await self.client.get(f"{self.path}?lang={language}"), language)

    async def tells(self, *texts):
        shown = await self.page()
        assert [text for text in texts if text not in shown] == []


async def test_both_sides_count_confirm_and_leave_with_a_receipt(counter):
    await counter.sign_in(GIVER)
    assert (await counter.post("count", codes=f"{A}\r\n{B}\r\n{C}\r\n")).status_code == 303
    assert (await counter.post("confirm")).status_code == 303
    await counter.tells('id="giver-seen">3<', 'id="receiver-seen">0<')
    assert counter.path in (await counter.client.get(f"/manifests/{counter.code}")).text

    await counter.sign_in(RECEIVER)
    assert (await counter.post("count", codes=A)).status_code == 303
    assert (await counter.post("count", codes=B, condition="damaged")).status_code == 303
    await counter.tells('id="receiver-seen">2<', 'id="receiver-missing">1<', "hư hỏng")
    # What the giver confirmed before the receiver counted is not what stands there now.
    assert (await counter.page()).count("Chưa xác nhận số đếm này") == 2
    assert (await counter.post("confirm")).status_code == 303
    assert (await counter.page()).count("Chưa xác nhận số đếm này") == 1

    # The giver stands at the receiver's screen, and puts in a password.
    wrong = await counter.post("other", login=GIVER.lower(), secret="sai mật khẩu")
    assert wrong.status_code == 401
    check_page(wrong)
    stranger = await counter.post("other", login=STRANGER.lower(), secret=PASSWORD)
    assert stranger.status_code == 401
    assert (await counter.post("other", login=GIVER.lower(), secret=PASSWORD)).status_code == 303
    shown = await counter.page()
    assert "bảng kê đã chốt" in shown
    assert "<svg" in shown
    assert shown.count("/receipts/GN-") == 1
    assert "không quét thấy" in shown
    assert (await counter.post("count", codes=C)).status_code == 409
    await counter.page("en")


async def test_a_pin_confirms_and_nothing_else_and_dies_after_five_wrong_ones(counter):
    await counter.sign_in(GIVER)
    check_page(await counter.client.get("/scan/pin"))
    weak = {"pin": "123456", "password": PASSWORD}
    assert (await counter.client.post("/scan/pin", data=weak, headers=SAME_SITE)).status_code == 422
    unsure = {"pin": PIN, "password": "sai"}
    assert (await counter.client.post("/scan/pin", data=unsure, headers=SAME_SITE)).status_code == 401
    good = {"pin": PIN, "password": PASSWORD}
    assert "Đã đặt mã PIN mới" in check_page(
        await counter.client.post("/scan/pin", data=good, headers=SAME_SITE)
    )
    form = {"login": GIVER.lower(), "password": PIN}
    assert (await counter.client.post("/sign-in", data=form, headers=SAME_SITE)).status_code == 401

    await counter.sign_in(RECEIVER)
    await counter.post("count", codes=f"{A}\n{B}\n{C}")
    assert (await counter.post("other", login=GIVER.lower(), secret=PIN)).status_code == 303
    await counter.tells("Đã xác nhận", f"NV-{GIVER}")
    for _ in range(5):
        assert (await counter.post("other", login=GIVER.lower(), secret="918273")).status_code == 401
    assert (await counter.post("other", login=GIVER.lower(), secret=PIN)).status_code == 401


async def test_a_signed_paper_leaves_the_other_side_claimed_and_the_pieces_offered(counter):
    await counter.sign_in(GIVER)
    await counter.post("count", codes=f"{A}\n{B}\n{C}")
    assert (await counter.post("confirm", paper="BB-17/2026")).status_code == 303
    await counter.tells("Mới khai theo giấy số BB-17/2026")
    held = (await counter.client.get(f"/api/v1/pieces/{A}")).json()
    assert (held["holder"], held["offer"]["receiver"]) == (GIVER, RECEIVER)
    nothing = await counter.post("count", codes="  \n")
    assert nothing.status_code == 400
    assert "Hãy quét hoặc gõ ít nhất một mã" in check_page(nothing)
    bad = await counter.post("count", codes=f"{A}\nDH123456780VN")
    assert bad.status_code == 400
    assert "Dòng 2" in check_page(bad)
    await counter.sign_in(STRANGER)
    assert (await counter.client.get(counter.path)).status_code == 404
    assert (await counter.post("confirm")).status_code == 404
