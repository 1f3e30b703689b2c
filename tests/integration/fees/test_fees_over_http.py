"""Money over HTTP: taking, giving back, correcting, handing over, counting, closing a day, and what is refused."""

from datetime import timedelta

import pytest

from postal import db
from postal.identifiers import new_id
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from shipments.fees.service import fees_of
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.fees import staff
from tests.factories.identity import headers


class Counter:
    """Two members of staff at one counter, their supervisor, and the agency's desk, each with an own sign-in."""

    def __init__(self, client, clock):
        self.client, self.clock = client, clock

    async def open(self):
        now = self.clock.instant
        self.desks = await Desks(self.client, now).prepare()
        self.an = await staff("an", OFFICE, Role.CLERK, now=now)
        self.binh = await staff("binh", OFFICE, Role.CLERK, now=now)
        self.chief = await staff("chief", OFFICE, Role.SUPERVISOR, now=now)
        self.desk = await headers(DESK, Role.DESK, now=now)
        self.dossier = await self.desks.dossier()
        return self

    async def post(self, path, body=None, *, by=None):
        return await self.client.post(f"/api/v1/fees{path}", json=body, headers=by or self.an)

    async def get(self, path, *, by=None, **query):
        return await self.client.get(f"/api/v1/fees{path}", params=query, headers=by or self.an)

    async def take(self, amount, receipt, *, by=None, **more):
        body = {
            "dossier": self.dossier,
            "line": "fee",
            "channel": "cash",
            "amount": amount,
            "receipt": receipt,
        } | more
        return await self.post("", body, by=by)

    async def taken(self, amount, receipt, **more):
        answer = await self.take(amount, receipt, **more)
        assert answer.status_code == 201, answer.text
        self.clock.advance(timedelta(minutes=1))
        return answer.json()["id"]

    async def in_hand(self, *, by=None, **query):
        return (await self.get("/in-hand", by=by, **query)).json()


@pytest.fixture
async def counter(client, clock):
    return await Counter(client, clock).open()


async def test_what_was_taken_is_in_hand_until_it_was_counted_by_the_receiver(counter):
    await counter.taken(15_000, "BL-1")
    await counter.taken(8_000, "BL-2", line="fare")
    await counter.taken(30_000, "BL-3", channel="online")
    standing = await counter.in_hand()
    assert standing["figures"] == {
        "collected": 53_000,
        "remitted": 0,
        "refunded": 0,
        "in_hand": 53_000,
        "under_way": 0,
    }
    batch = (await counter.post("/remittances", {})).json()
    assert (batch["state"], batch["amount"], batch["receiver"]) == ("handed", 23_000, OFFICE)
    assert (await counter.in_hand())["figures"]["under_way"] == 23_000
    own = await counter.post(f"/remittances/{batch['code']}/count", {"lines": []})
    assert (own.status_code, own.json()["code"]) == (403, "identity.role_needed")
    counted = await counter.post(
        f"/remittances/{batch['code']}/count",
        {"lines": [{"receipt": "BL-1", "amount": 15_000}, {"receipt": "BL-2", "amount": 8_000}]},
        by=counter.chief,
    )
    assert (counted.status_code, counted.json()["state"]) == (200, "counted")
    figures = (await counter.in_hand())["figures"]
    assert (figures["remitted"], figures["in_hand"], figures["under_way"]) == (23_000, 30_000, 0)
    entries = (await counter.get("", dossier=counter.dossier)).json()["items"]
    assert [(entry["receipt"], entry["remittance"]) for entry in entries] == [
        ("BL-3", None),
        ("BL-2", batch["code"]),
        ("BL-1", batch["code"]),
    ]


async def test_every_difference_is_named_owned_and_settled(counter):
    for number in (1, 2, 3):
        await counter.taken(10_000, f"BL-{number}")
    batch = (await counter.post("/remittances", {"receiver": DESK})).json()["code"]
    lines = [
        {"receipt": "BL-1", "amount": 9_000},
        {"receipt": "BL-2", "amount": 10_000},
        {"receipt": "BL-2", "amount": 10_000},
        {"receipt": "BL-9", "amount": 500},
    ]
    counted = (await counter.post(f"/remittances/{batch}/count", {"lines": lines}, by=counter.desk)).json()
    assert counted["state"] == "differing"
    assert [(line["receipt"], line["line_class"], line["owner"]) for line in counted["lines"]] == [
        ("BL-1", "short", OFFICE),
        ("BL-2", "twice", DESK),
        ("BL-3", "missing", OFFICE),
        ("BL-9", "unknown", DESK),
    ]
    assert (await counter.in_hand())["figures"]["in_hand"] == 30_000 - 19_500
    by_desk = {"by": counter.desk}
    paid = {"lines": [{"receipt": "BL-1", "amount": 1_000}, {"receipt": "BL-3", "amount": 10_000}]}
    assert (await counter.post(f"/remittances/{batch}/count", paid, **by_desk)).json()["state"] == "differing"
    for receipt, resolution in (("BL-2", "recording_error"), ("BL-9", "given_back")):
        body = {"receipt": receipt, "resolution": resolution}
        settled = await counter.post(f"/remittances/{batch}/settle", body, **by_desk)
        assert settled.status_code == 200, settled.text
    assert settled.json()["state"] == "settled"
    again = await counter.post(f"/remittances/{batch}/settle", body, **by_desk)
    assert (again.status_code, again.json()["code"]) == (409, "remittance.nothing_to_settle")
    nowhere = await counter.post(
        f"/remittances/{batch}/settle", {"receipt": "BL-8", "resolution": "accepted"}, **by_desk
    )
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "remittance.line_unknown")


async def test_a_list_may_be_withdrawn_until_somebody_counted(counter):
    fee = await counter.taken(10_000, "BL-1")
    batch = (await counter.post("/remittances", {})).json()["code"]
    empty = await counter.post("/remittances", {})
    assert (empty.status_code, empty.json()["code"]) == (409, "remittance.empty")
    again = await counter.post("/remittances", {"fees": [{"fee": fee}]})
    assert (again.status_code, again.json()["code"]) == (409, "remittance.listed_already")
    assert again.json()["remittance"] == batch
    resting = await counter.post(f"/{fee}/correct", {"reason": "WRONG_AMOUNT"})
    assert (resting.status_code, resting.json()["code"]) == (409, "fee.remitted_already")
    assert (await counter.post(f"/remittances/{batch}/withdraw")).json()["state"] == "withdrawn"
    assert (await counter.in_hand())["figures"]["under_way"] == 0
    counted = await counter.post(f"/remittances/{batch}/count", {"lines": []}, by=counter.chief)
    assert (counted.status_code, counted.json()["code"]) == (409, "remittance.withdrawn")
    second = await counter.post("/remittances", {"fees": [{"fee": fee, "amount": 12_000}]})
    assert second.status_code == 201
    assert (await counter.in_hand())["accounts"][0]["flags"] == ["fee.handed_more_than_in_hand"]
    code = second.json()["code"]
    await counter.post(
        f"/remittances/{code}/count", {"lines": [{"receipt": "BL-1", "amount": 10_000}]}, by=counter.chief
    )
    late = await counter.post(f"/remittances/{code}/withdraw")
    assert (late.status_code, late.json()["code"]) == (409, "remittance.counted")
    stranger_fee = await counter.post("/remittances", {"fees": [{"fee": str(new_id(counter.clock.instant))}]})
    assert (stranger_fee.status_code, stranger_fee.json()["code"]) == (422, "remittance.not_in_hand")


async def test_all_but_these_is_one_gesture(counter):
    kept = await counter.taken(10_000, "BL-1")
    await counter.taken(20_000, "BL-2")
    batch = (await counter.post("/remittances", {"but": [kept]})).json()
    assert [line["receipt"] for line in batch["lines"]] == ["BL-2"]


async def test_a_refund_gives_back_no_more_than_was_taken(counter):
    fee = await counter.taken(15_000, "BL-1")
    part = await counter.post(f"/{fee}/refund", {"amount": 10_000, "receipt": "PC-1", "reason": "OTHER"})
    assert part.status_code == 201, part.text
    over = await counter.post(f"/{fee}/refund", {"amount": 5_001, "receipt": "PC-2"})
    assert (over.status_code, over.json()["code"]) == (409, "fee.refund_too_large")
    assert (over.json()["left"], over.json()["pointer"]) == (5_000, "/amount")
    # A colleague gives back the rest out of the own hand, which has nothing of that day: that is flagged.
    other = await counter.post(f"/{fee}/refund", {"amount": 5_000, "receipt": "PC-3"}, by=counter.binh)
    assert other.status_code == 201
    accounts = (await counter.in_hand(by=counter.chief))["accounts"]
    assert [(one["person"], one["figures"]["in_hand"], one["flags"]) for one in accounts] == [
        ("an", 5_000, []),
        ("binh", -5_000, ["fee.in_hand_negative", "fee.refunded_more_than_in_hand"]),
    ]
    of_refund = await counter.post(f"/{part.json()['id']}/refund", {"amount": 1, "receipt": "PC-4"})
    assert (of_refund.status_code, of_refund.json()["code"]) == (422, "fee.unknown")
    resting = await counter.post(f"/{fee}/correct", {"reason": "WRONG_AMOUNT"})
    assert (resting.status_code, resting.json()["code"]) == (409, "fee.refunded_already")


async def test_a_mistake_is_named_by_a_later_row_and_stays_readable(counter):
    wrong = await counter.taken(150_000, "BL-1")
    taken = await counter.take(15_000, "BL-1")
    assert (taken.status_code, taken.json()["code"]) == (409, "fee.receipt_taken")
    corrected = await counter.post(f"/{wrong}/correct", {"reason": "WRONG_AMOUNT"})
    assert corrected.status_code == 200
    assert corrected.json()["void_by"]
    await counter.taken(15_000, "BL-1")
    assert (await counter.in_hand())["figures"]["collected"] == 15_000
    again = await counter.post(f"/{wrong}/correct", {"reason": "WRONG_AMOUNT"})
    assert (again.status_code, again.json()["code"]) == (409, "fee.corrected_already")
    refund = await counter.post(f"/{wrong}/refund", {"amount": 1, "receipt": "PC-1"})
    assert (refund.status_code, refund.json()["code"]) == (409, "fee.corrected_already")


async def test_a_closed_day_stays_and_a_late_entry_opens_it_again(counter):
    await counter.taken(15_000, "BL-1")
    day = {"day": "2026-11-23", "cash": 14_000}
    shut = (await counter.post("/close", day)).json()
    assert (shut["state"], shut["flags"]) == ("closed", ["fee.cash_differs"])
    twice = await counter.post("/close", day)
    assert (twice.status_code, twice.json()["code"]) == (409, "fee.day_closed")
    counter.clock.advance(timedelta(minutes=20))
    late = await counter.taken(5_000, "BL-2", occurred_at="2026-11-23T08:00:30+07:00")
    [account] = (await counter.in_hand(day="2026-11-23"))["accounts"]
    assert (account["state"], account["late"]) == ("reopened", [late])
    assert (account["closing"]["figures"]["in_hand"], account["figures"]["in_hand"]) == (15_000, 20_000)
    assert (await counter.post("/close", {"day": "2026-11-23"})).json()["state"] == "closed"
    nothing = await counter.post("/close", {"day": "2026-11-20"})
    assert (nothing.status_code, nothing.json()["code"]) == (404, "fee.no_money")


async def test_another_persons_money_is_for_a_supervisor(counter):
    fee = await counter.taken(15_000, "BL-1")
    for path, body in (
        (
            "",
            {
                "dossier": counter.dossier,
                "line": "fee",
                "channel": "cash",
                "amount": 1,
                "receipt": "B",
                "person": "an",
            },
        ),
        (f"/{fee}/correct", {"reason": "OTHER"}),
        ("/remittances", {"person": "an"}),
        ("/close", {"day": "2026-11-23", "person": "an"}),
    ):
        answer = await counter.post(path, body, by=counter.binh)
        assert (answer.status_code, answer.json()["code"]) == (403, "fee.not_yours"), path
    assert (await counter.in_hand(by=counter.binh, person="an"))["accounts"] == []
    assert (await counter.in_hand(by=counter.binh))["accounts"] == []
    assert (await counter.in_hand(by=counter.chief))["figures"]["in_hand"] == 15_000
    handed = await counter.post("/remittances", {"person": "an"}, by=counter.chief)
    assert (handed.status_code, handed.json()["person"]) == (201, "an")
    key = await headers(OFFICE, Role.SYSTEM, now=counter.clock.instant)
    nobody = await counter.take(1, "BL-7", by=key)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "fee.person_missing")
    unknown = await counter.take(1, "BL-7", by=key, person="p-of-x")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "fee.person_unknown")
    assert (await counter.take(1, "BL-7", by=key, person="binh")).status_code == 201


async def test_an_amount_that_is_no_sum_of_dong_is_refused_at_its_field(counter):
    for amount in (0, -1, 1.5, 2**53, 2**53 + 1, 10**12 + 1, "15000", None):
        answer = await counter.take(amount, "BL-1")
        assert (answer.status_code, answer.json()["pointer"]) == (400, "/amount"), answer.text
        english = await counter.client.post(
            "/api/v1/fees", json={"amount": amount}, headers={**counter.an, "Accept-Language": "en"}
        )
        assert answer.json()["code"] == english.json()["code"]
        assert answer.json()["detail"] != english.json()["detail"]
    assert await db.fetch("SELECT FROM ledger WHERE kind = 'fee.collected'") == []


async def test_bad_input_has_its_code(counter):
    for different, code in (
        ({"dossier": "H57.01-20261123-9999999"}, "fee.dossier_unknown"),
        ({"occurred_at": "2026-11-24T08:00:00+07:00"}, "fee.in_the_future"),
    ):
        answer = await counter.take(15_000, "BL-1", **different)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_receiver_that_does_not_exist_is_refused(counter):
    await counter.taken(15_000, "BL-1")
    answer = await counter.post("/remittances", {"receiver": "BC-000000"})
    assert (answer.status_code, answer.json()["code"]) == (422, "remittance.receiver_unknown")


async def test_the_same_payment_may_be_sent_twice(counter):
    entry = {"id": str(new_id(counter.clock.instant)), "occurred_at": "2026-11-23T08:00:00+07:00"}
    first = await counter.take(15_000, "BL-1", **entry)
    counter.clock.advance(timedelta(minutes=1))
    assert (await counter.take(15_000, "BL-1", **entry)).json() == first.json()
    other = await counter.take(16_000, "BL-1", **entry)
    assert (other.status_code, other.json()["code"]) == (409, "fee.id_taken")
    assert (await counter.in_hand())["figures"]["collected"] == 15_000


async def test_the_agency_sees_what_was_paid_for_its_dossier_but_not_what_is_in_hand(counter):
    await counter.taken(15_000, "BL-1")
    entries = (await counter.get("", by=counter.desk, dossier=counter.dossier)).json()["items"]
    assert [(entry["amount"], entry["receipt"]) for entry in entries] == [(15_000, "BL-1")]
    assert (await counter.in_hand(by=counter.desk))["accounts"] == []
    fee = await counter.post(f"/{entries[0]['id']}/correct", {"reason": "OTHER"}, by=counter.desk)
    assert (fee.status_code, fee.json()["code"]) == (403, "fee.not_yours")


async def test_a_form_can_ask_what_was_paid_for_a_dossier(counter):
    fee = await counter.taken(15_000, "BL-1")
    await counter.taken(8_000, "BL-2", line="fare")
    await counter.post(f"/{fee}/refund", {"amount": 5_000, "receipt": "PC-1"})
    found = await fees_of(counter.dossier)
    assert found.due == 0
    assert found.collected == {"fee": 15_000, "charge": 0, "fare": 8_000}
    assert found.refunded == {"fee": 5_000, "charge": 0, "fare": 0}
    assert [entry.receipt for entry in found.entries] == ["BL-1", "BL-2", "PC-1"]


async def test_edge_case_16_the_fee_and_the_item_say_who_pays_the_way_home(counter):
    made = await counter.client.post(
        "/api/v1/items", json={"pieces": [counter.dossier], "destination": DESK}, headers=counter.an
    )
    assert made.status_code == 201, made.text
    await counter.taken(8_000, "BL-2", line="fare")
    address = f"/api/v1/pieces/{counter.dossier}/fees"
    [money] = (await counter.client.get(address, headers=counter.an)).json()
    assert (money["collected"]["fare"], money["second_leg"]["payer"]) == (8_000, "applicant")
    assert (money["second_leg"]["status"], money["second_leg"]["rejected"]) == ("found", False)
    rejected = await counter.desks.state(counter.dossier, "rejected", reason="NOT_COMPETENT")
    assert rejected.status_code == 201, rejected.text
    [money] = (await counter.client.get(address, headers=counter.an)).json()
    assert (money["second_leg"]["payer"], money["second_leg"]["status"]) == ("post", "configured")
    assert "QĐ 45/2016/QĐ-TTg Đ12 k4" in money["second_leg"]["citation"]
    carried = await counter.client.get(f"/api/v1/pieces/{made.json()['code']}/fees", headers=counter.an)
    assert carried.json() == [money]
    assert (await counter.client.get("/api/v1/pieces/NO-SUCH/fees", headers=counter.an)).status_code == 404


async def test_tracking_shows_no_money(counter):
    await counter.taken(987_654, "BL-1")
    answer = await counter.client.get(f"/api/v1/track/{counter.dossier}")
    assert answer.status_code == 200
    assert "987" not in answer.text
    assert "BL-1" not in answer.text


async def test_a_rebuild_gives_the_same_money(counter, database):
    fee = await counter.taken(15_000, "BL-1")
    await counter.taken(8_000, "BL-2")
    await counter.post(f"/{fee}/refund", {"amount": 5_000, "receipt": "PC-1"})
    batch = (await counter.post("/remittances", {})).json()["code"]
    await counter.post(
        f"/remittances/{batch}/count", {"lines": [{"receipt": "BL-2", "amount": 7_000}]}, by=counter.chief
    )
    await counter.post("/close", {"day": "2026-11-23", "cash": 1})
    grown = await export()
    assert b"fee_account" in grown
    async with db.as_owner(database):
        await db.execute("UPDATE fee_entry SET amount = 1")
        await db.execute("DELETE FROM remittance_line")
        await db.execute(
            "INSERT INTO fee_account SELECT 'QUY:X:y:20261123', 'X', 'y', day, state, figures, channels,"
            " flags, closing, late FROM fee_account LIMIT 1"
        )
        await rebuild(chunk=3)
    assert await export() == grown


async def test_the_start_page_shows_todays_money_and_lists_that_wait(counter):
    assert "Tiền thu hộ hôm nay" not in (await counter.client.get("/home", headers=counter.an)).text
    await counter.taken(1_015_000, "BL-1")
    await counter.taken(30_000, "BL-2", channel="online")
    batch = (await counter.post("/remittances", {})).json()["code"]
    page = (await counter.client.get("/home", headers=counter.an)).text
    for words in ("Tiền thu hộ hôm nay", "1.015.000 đ", "Trực tuyến", batch, "Chờ kiểm đếm"):
        assert words in page
    await counter.post(f"/remittances/{batch}/count", {"lines": []}, by=counter.chief)
    assert "Có chênh lệch" in (await counter.client.get("/home", headers=counter.chief)).text
    assert "1.015.000" not in (await counter.client.get("/home", headers=counter.binh)).text
