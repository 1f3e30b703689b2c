"""Returns and deliveries as a device scans them: too early is told with the day and the law, and never refused."""

from datetime import timedelta

import pytest

from postal.db import fetch, fetch_value
from tests.factories.custody import DESK, OFFICE, Scanner, network, pieces

ITEM, SECOND = "DH123456785VN", "DH473124829VN"


@pytest.fixture
async def office(client, clock):
    await network(clock.instant)
    return await Scanner.at(client, clock, OFFICE)


class Courier:
    """Scans one after the other, each when the clock says so."""

    def __init__(self, office, clock):
        self.office, self.clock = office, clock

    async def scan(self, kind, code=ITEM, **fields):
        now = self.clock.advance(timedelta(minutes=10))
        [result] = await self.office.results([self.office.scan(kind, code, now, **fields)], now)
        assert result["verdict"] == "accepted"
        return result


@pytest.fixture
async def courier(office, clock):
    await pieces(ITEM, SECOND, now=clock.instant, destination="CITIZEN")
    return Courier(office, clock)


async def test_a_return_after_one_invitation_is_flagged_with_the_first_day_and_the_law(courier):
    await courier.scan("attempt_failed", reason="not_at_home")
    early = await courier.scan("return")
    assert early["flags"] == ["return.too_early"]
    assert early["too_early"] == {
        "invitations": 1,
        "needed": 2,
        "earliest": "2026-11-26",
        "citation": "TT 17/2017/TT-BTTTT Đ5; Luật Bưu chính 49/2010 Đ17",
    }
    assert early["notes"][-1].startswith("Mới mời 1/2 lần; chuyển hoàn sớm nhất 26/11/2026")
    assert await fetch_value("SELECT phase FROM custody WHERE code = $1", ITEM) == "returning"


async def test_two_invitations_two_working_days_apart_let_it_go_back(courier):
    await courier.scan("attempt_failed", reason="not_at_home")
    courier.clock.advance(timedelta(days=3))
    await courier.scan("attempt_failed", reason="not_at_home")
    assert (await courier.scan("return"))["flags"] == []


@pytest.mark.parametrize("reason", ["moved", "wrong_address", "refused"])
async def test_who_moved_or_refused_or_has_no_such_address_is_not_invited_again(courier, reason):
    await courier.scan("attempt_failed", reason=reason)
    assert "return.too_early" not in (await courier.scan("return"))["flags"]


async def test_a_refusal_at_the_door_is_a_ground_to_send_it_back(courier):
    await courier.scan("out_for_delivery")
    refused = await courier.scan("refuse")
    assert "recipient_refused" in refused["flags"]
    assert await fetch_value("SELECT refused_at IS NOT NULL FROM custody WHERE code = $1", ITEM)
    assert "return.too_early" not in (await courier.scan("return"))["flags"]
    # Who refuses an offer that nobody made them says nothing about the recipient.
    await courier.scan("refuse", SECOND)
    assert "return.too_early" in (await courier.scan("return", SECOND))["flags"]


async def test_what_is_on_its_way_to_an_agency_waits_for_no_invitation(office, clock):
    await pieces(ITEM, now=clock.instant, destination=DESK)
    assert "return.too_early" not in (await Courier(office, clock).scan("return"))["flags"]


async def test_a_repeated_return_is_not_judged_anew(office, clock):
    await pieces(ITEM, now=clock.instant, destination="CITIZEN")
    scan = office.scan("return", ITEM, clock.instant)
    [first] = await office.results([scan], clock.instant)
    assert first["flags"] == ["return.too_early"]
    [again] = await office.results([scan], clock.instant)
    assert again["verdict"] == "repeated"


async def test_a_proxy_without_an_authorisation_is_flagged_on_the_scan(courier):
    alone = await courier.scan("deliver", recipient={"role": "proxy", "identity": "cccd"})
    assert alone["flags"] == ["deliver.no_authorisation"]
    assert "giấy ủy quyền" in alone["notes"][0]
    shown = {"role": "proxy", "identity": "cccd", "authorisation": "UQ-12/2026"}
    assert (await courier.scan("deliver", SECOND, recipient=shown))["flags"] == []
    assert (
        await fetch_value(
            "SELECT body -> 'recipient' ->> 'authorisation' FROM ledger WHERE code = $1 AND kind = 'deliver'",
            SECOND,
        )
        == "UQ-12/2026"
    )


async def test_the_number_of_a_persons_paper_is_refused_before_the_ledger(courier):
    now = courier.clock.instant
    recipient = {"role": "proxy", "identity": "cccd", "authorisation": "046090001234"}
    scan = courier.office.scan("deliver", ITEM, now, recipient=recipient)
    [result] = await courier.office.results([scan], now)
    assert (result["verdict"], result["code"]) == ("refused", "scan.persons_number")
    assert len(result["message"]) <= 40
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'deliver'") == 0
    [kept] = await fetch("SELECT reason, raw::text FROM scan_evidence")
    assert (kept["reason"], "046090001234" in kept["raw"]) == ("scan.persons_number", False)
    assert str(scan["id"]) in kept["raw"]
