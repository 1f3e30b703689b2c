"""A claim on pages: taken at the counter, followed by its number without a name, answered by who took it."""

from datetime import timedelta

from postal.identity.rules import Role
from tests.factories.fees import staff
from tests.factories.incidents import parties
from tests.factories.manifests import GIVER, RECEIVER, item
from tests.factories.pages import check_page

A, B = item(1), item(2)
CLAIMANT = {"name": "Nguyễn Thị Hằng", "phone": "0912345678", "statement": "Chưa nhận được <b>"}


async def test_a_claim_is_taken_followed_and_answered_by_forms(client, clock):
    await parties(client, clock, A, B)
    clerk = await staff("an", GIVER, Role.CLERK, now=clock.instant)
    chief = await staff("chief", GIVER, Role.SUPERVISOR, now=clock.instant)
    other = await staff("xa", RECEIVER, Role.DESK, now=clock.instant)

    async def send(path, *, by=clerk, **form):
        return await client.post(path, data=form, headers=by | {"Origin": "http://testserver"})

    assert "Tiếp nhận khiếu nại" in check_page(await client.get(f"/claims?piece={A}", headers=clerk))
    for form, code in (
        ({"piece": "x", "kind": "loss", **CLAIMANT}, 400),
        ({"piece": A, "kind": "moon", **CLAIMANT}, 400),
        ({"piece": A, "kind": "loss"}, 400),
        ({"piece": item(77), "kind": "loss", **CLAIMANT}, 404),
    ):
        refused = await send("/claims", **form)
        text = check_page(refused)
        assert (refused.status_code, "Chưa tiếp nhận được" in text) == (code, True), form
    assert "Chưa nhận được &lt;b&gt;" in text, "what was typed is still there"
    taken = await send("/claims", piece=A, kind="loss", **CLAIMANT)
    assert taken.status_code == 303, taken.text
    path = taken.headers["location"]
    code = path.rpartition("/")[2]
    clock.advance(timedelta(minutes=1))
    mine = check_page(await client.get(path, headers=clerk))
    assert "Nguyễn Thị Hằng" in mine
    assert 'name="outcome"' not in mine, "a clerk does not decide"
    again = await send("/claims", piece=A, kind="loss", **CLAIMANT)
    assert (again.status_code, code in again.text) == (409, True)
    client.cookies.clear()
    public = await client.get(f"/k?code={code.lower()}")
    told = check_page(public)
    assert "chờ trả lời" in told
    assert all(secret not in told for secret in (A, "Nguyễn", "0912", GIVER))
    assert public.headers["cache-control"] == "no-store"
    nothing = await client.get("/k?code=KN-261123-AAAAAA")
    assert (nothing.status_code, "Không có khiếu nại này" in check_page(nothing)) == (404, True)
    bad = await send(path, by=chief, outcome="NO_SUCH")
    assert (bad.status_code, "Chưa trả lời được" in check_page(bad)) == (422, True)
    assert (await send(path, by=chief, outcome="CLAIM_GRANTED")).status_code == 303
    client.cookies.clear()
    assert "đã trả lời" in check_page(await client.get(f"/k?code={code}"))
    assert "đã trả lời" in check_page(await client.get("/claims", headers=chief))
    assert "Nguyễn" not in (await client.get(path, headers=other)).text
