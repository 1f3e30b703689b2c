"""Which code a scan has, and which scan a code is, by the table of the domain; neither claims what it cannot."""

from datetime import UTC, datetime

import pytest

from integrations.post.rules.events import (
    DOMESTIC,
    INTERNATIONAL,
    Handled,
    ItemEvent,
    code_of,
    kind_of_scan,
    refuse_unless_domestic,
    scan_of,
)
from postal.errors import Unprocessable
from postal.network.rules import Kind

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OFFICE, DESK = "BC-1", "MC-1"


def handled(kind, by=Kind.POST_OFFICE, **different):
    return Handled(
        **{
            "kind": kind,
            "organisation": OFFICE,
            "organisation_kind": by,
            "origin": OFFICE,
            "destination": DESK,
            **different,
        }
    )


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        (handled("accept"), "EMA"),
        (handled("pack"), "EDE"),
        (handled("depart"), "EDE"),
        (handled("arrive", Kind.HUB), "EDD"),
        (handled("receive", Kind.HUB, organisation="HUB-1"), "EDD"),
        (handled("unpack"), "EDD"),
        (handled("arrive"), "EMG"),
        (handled("arrive", reason="held_at_depot"), "EDF"),
        (handled("out_for_delivery"), "EDG"),
        (handled("hold"), "EDH"),
        (handled("attempt_failed"), "EMH"),
        (handled("deliver"), "EMI"),
        # The handover to the agency, and a returned result that comes home, deliver.
        (handled("receive", Kind.DESK, organisation=DESK), "EMI"),
        (handled("receive", Kind.DESK, organisation=DESK, origin=DESK, destination="CITIZEN"), "EMI"),
        # The post takes a result from the agency that made it: posting.
        (handled("receive", origin=DESK, destination="CITIZEN", counterparty=DESK), "EMA"),
        # By analogy, for a bag alone.
        (handled("depart", of_bag=True), "EMC"),
        (handled("arrive", of_bag=True), "EMB"),
    ],
)
def test_a_scan_has_the_code_of_the_table(scan, code):
    assert code_of(scan) == code


@pytest.mark.parametrize(
    "scan",
    [
        *(handled(kind) for kind in ("offer", "refuse", "return", "recall", "redirect", "recover", "report")),
        handled("receive", Kind.UNIT, organisation="UB-1"),
        handled("arrive", Kind.DESK, organisation=DESK),
        handled("accept", Kind.DESK, organisation=DESK),
        handled("receive", None, organisation="X"),
        handled("receive", of_bag=True),
        handled("depart", Kind.DESK, organisation=DESK, of_bag=True),
    ],
)
def test_what_happens_inside_an_agency_has_no_code_and_none_is_forced(scan):
    assert code_of(scan) is None


def event(code, **more):
    return ItemEvent(sequence=7, item="DH123456785VN", code=code, at=AT, office=OFFICE, **more)


def test_every_domestic_code_is_a_scan_and_every_other_one_is_refused():
    for code in DOMESTIC:
        refuse_unless_domestic(event(code))
        assert kind_of_scan(event(code), "CITIZEN")
    for code, refusal in [*((one, "international") for one in INTERNATIONAL), ("ZZZ", "unknown")]:
        with pytest.raises(Unprocessable) as refused:
            refuse_unless_domestic(event(code))
        assert refused.value.code == f"post.event_{refusal}"


def test_the_posts_word_delivers_to_a_citizen_and_only_offers_to_an_agency():
    told = {"reason": None, "by": "pi-x", "place": OFFICE, "seed": "s"}
    home = scan_of(event("EMI"), destination="CITIZEN", **told)
    desk = scan_of(event("EMI"), destination=DESK, **told)
    assert (home["kind"], "counterparty" in home) == ("deliver", False)
    assert (desk["kind"], desk["counterparty"]) == ("offer", DESK)


def test_what_is_held_at_the_depot_invites_nobody():
    scan = scan_of(event("EDF"), destination="CITIZEN", reason=None, by="pi", place=None, seed="s")
    assert (scan["kind"], scan["reason"]) == ("arrive", "held_at_depot")


def test_the_same_event_always_has_the_same_id_and_another_one_another():
    told = {"destination": None, "reason": None, "by": "pi", "place": None}
    first, again = (scan_of(event("EMA"), **told, seed="s")["id"] for _ in range(2))
    assert first == again
    assert first != scan_of(event("EMA"), **told, seed="other")["id"]
    assert first[14] == "7", "a UUIDv7, as every device makes them"
