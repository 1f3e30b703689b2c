"""Exceptions of the road told as stories: recall, redirect, seals, bags accepted unopened, trips, wrong bags."""

import ast
from pathlib import Path

import pytest

from shipments.custody import rules
from shipments.custody.rules import CITIZEN, Custody, Phase, Subject
from shipments.custody.rules.flags import FLAGS, sentences
from tests.unit.custody.conftest import START, Tale

OFFICE, HUB, DESK, OTHER, CARRIER = "BC-1", "HUB-1", "DESK-1", "BC-9", "VC-1"
MANIFEST, TRIP = "BK-261123-K7M2QX", "CT-261123-K7M2QX"
ITEM = Subject(
    code="DH123456785VN",
    presumed=OFFICE,
    registered_at=START,
    parties=(OFFICE, DESK),
    homes=(OFFICE,),
    senders=(OFFICE,),
    origin=OFFICE,
    destination=DESK,
)
RESULT = Subject(
    code="DH473124829VN",
    presumed=DESK,
    registered_at=START,
    homes=(DESK,),
    senders=(DESK,),
    origin=DESK,
    destination=CITIZEN,
)
BAG = Subject(code="TUI-1", presumed=OFFICE, registered_at=START, origin=OFFICE, destination=DESK)


def flags(custody: Custody) -> tuple[str, ...]:
    return custody.steps[-1].flags


def test_a_recall_tells_every_scanner_until_the_piece_is_home(tale: Tale) -> None:
    tale.row("offer", OFFICE, ITEM.code, counterparty=HUB)
    tale.row("recall", OFFICE, ITEM.code, reason="sender_wish")
    tale.row("receive", HUB, ITEM.code)
    away = tale.of(ITEM)
    assert (away.holder, flags(away), away.awaits_instruction) == (HUB, ("recalled",), True)
    assert away.instruction is not None
    assert (away.instruction.destination, away.instruction.reason) == (OFFICE, "sender_wish")
    tale.row("offer", HUB, ITEM.code, counterparty=OFFICE)
    tale.row("receive", OFFICE, ITEM.code)
    home = tale.of(ITEM)
    assert (home.phase, flags(home), home.awaits_instruction) == (Phase.RETURNED, (), False)


def test_a_recall_after_delivery_changes_nothing_but_is_kept(tale: Tale) -> None:
    tale.row("out_for_delivery", DESK, RESULT.code)
    tale.row("deliver", DESK, RESULT.code)
    before = tale.of(RESULT)
    tale.row("recall", DESK, RESULT.code)
    after = tale.of(RESULT)
    assert (after.instruction, after.phase, after.claims) == (None, before.phase, before.claims)
    assert flags(after) == ("too_late",)


def test_a_piece_reported_lost_after_it_was_handed_over_is_delivered_for_a_recall(tale: Tale) -> None:
    tale.row("deliver", OFFICE, ITEM.code)
    tale.row("report", OFFICE, ITEM.code, condition="lost")
    assert (tale.of(ITEM).phase, tale.of(ITEM).reached) == (Phase.LOST, True)


def test_a_piece_that_has_reached_its_desk_is_delivered_for_a_recall(tale: Tale) -> None:
    tale.row("receive", DESK, ITEM.code)
    tale.row("offer", DESK, ITEM.code, counterparty=OTHER)
    tale.row("receive", OTHER, ITEM.code)
    tale.row("recall", OFFICE, ITEM.code)
    assert (flags(tale.of(ITEM)), tale.of(ITEM).reached) == (("too_late",), True)


def test_a_recall_is_too_late_once_the_bag_around_the_piece_has_arrived(tale: Tale) -> None:
    tale.row("pack", OFFICE, ITEM.code, container=BAG.code)
    tale.row("receive", DESK, BAG.code)
    tale.row("recall", OFFICE, ITEM.code)
    assert flags(tale.of(ITEM, tale.of(BAG))) == ("too_late",)


@pytest.mark.parametrize(
    ("kind", "party", "body", "flag"),
    [
        ("recall", DESK, {}, "not_sender"),
        ("recall", OTHER, {}, "not_sender"),
        ("redirect", OTHER, {"counterparty": OTHER}, "not_sender"),
        ("redirect", OFFICE, {}, "no_destination"),
    ],
)
def test_an_instruction_of_somebody_else_or_to_nowhere_changes_nothing(
    tale: Tale, kind: str, party: str, body: dict[str, object], flag: str
) -> None:
    tale.row(kind, party, ITEM.code, **body)
    custody = tale.of(ITEM)
    assert (custody.instruction, flags(custody)) == (None, (flag,))


@pytest.mark.parametrize("party", [OFFICE, DESK])
def test_sender_and_addressee_may_redirect_and_the_new_destination_sees_the_piece(
    tale: Tale, party: str
) -> None:
    tale.row("redirect", party, ITEM.code, counterparty=OTHER)
    custody = tale.of(ITEM)
    assert custody.instruction is not None
    assert custody.instruction.destination == OTHER
    assert OTHER in {sight.organisation for sight in custody.sights}


def test_the_latest_instruction_holds_and_a_correction_takes_it_back(tale: Tale) -> None:
    tale.row("redirect", OFFICE, ITEM.code, counterparty=OTHER)
    recall = tale.row("recall", OFFICE, ITEM.code)
    called = tale.of(ITEM).instruction
    assert called is not None
    assert called.kind == "recall"
    tale.row("correct", OFFICE, ITEM.code, corrects=str(recall.content.id))
    standing = tale.of(ITEM).instruction
    assert standing is not None
    assert (standing.kind, standing.destination) == ("redirect", OTHER)


def test_a_delivery_against_the_instruction_stands_and_is_flagged(tale: Tale) -> None:
    tale.row("offer", DESK, RESULT.code, counterparty=HUB)
    tale.row("receive", HUB, RESULT.code)
    tale.row("recall", DESK, RESULT.code)
    tale.row("deliver", HUB, RESULT.code)
    custody = tale.of(RESULT)
    assert (custody.phase, flags(custody)) == (Phase.DELIVERED, ("against_instruction",))


def test_the_office_that_a_citizens_piece_was_redirected_to_may_deliver_it(tale: Tale) -> None:
    tale.row("redirect", DESK, RESULT.code, counterparty=OTHER)
    tale.row("receive", OTHER, RESULT.code)
    assert not tale.of(RESULT).reached
    tale.row("deliver", OTHER, RESULT.code)
    custody = tale.of(RESULT)
    assert (custody.phase, flags(custody), custody.reached) == (Phase.DELIVERED, (), True)


def test_a_recipient_refuses_at_the_door(tale: Tale) -> None:
    tale.row("out_for_delivery", DESK, RESULT.code)
    tale.row("refuse", DESK, RESULT.code)
    refused = tale.of(RESULT)
    assert (refused.phase, flags(refused)) == (Phase.HELD, ("recipient_refused",))
    assert refused.refused_at is not None
    assert refused.holder == DESK


def test_an_attempt_that_failed_by_refusal_says_so(tale: Tale) -> None:
    tale.row("attempt_failed", DESK, RESULT.code, reason="refused")
    assert tale.of(RESULT).refused_at is not None


def test_what_was_lost_and_is_handled_again_is_found(tale: Tale) -> None:
    tale.row("report", OFFICE, ITEM.code, condition="lost")
    assert tale.of(ITEM).phase is Phase.LOST
    tale.row("hold", OFFICE, ITEM.code)
    found = tale.of(ITEM)
    assert found.phase is not Phase.LOST
    assert "found_again" in flags(found)


def test_the_seal_history_has_both_sides_of_every_difference(tale: Tale) -> None:
    tale.row("container.closed", OFFICE, BAG.code, seal={"number": "A", "state": "intact"})
    tale.row("offer", OFFICE, BAG.code, counterparty=HUB, seal={"number": "A", "state": "intact"})
    tale.row("receive", HUB, BAG.code, seal={"number": "B", "state": "intact"})
    tale.row("report", HUB, BAG.code, condition="seal_broken")
    tale.row("hold", HUB, BAG.code, seal={"number": "B", "state": "intact"})
    tale.row("container.inventoried", HUB, BAG.code, seal={"number": "C", "state": "intact"})
    bag = tale.of(BAG)
    assert [(one.was_number, one.number, one.was_state, one.state, one.flag) for one in bag.seals] == [
        (None, "A", None, "intact", None),
        ("A", "A", "intact", "intact", None),
        ("A", "B", "intact", "intact", "seal_differs"),
        ("B", "B", "intact", "broken", "seal_broken"),
        ("B", "B", "broken", "intact", "seal_differs"),
        ("B", "C", "intact", "intact", None),
    ]
    assert bag.seal == bag.seals[-1]
    assert bag.condition == "seal_broken"


def test_a_seal_stated_while_packing_is_not_that_of_the_piece(tale: Tale) -> None:
    tale.row("pack", OFFICE, ITEM.code, container=BAG.code, seal={"number": "A", "state": "intact"})
    assert tale.of(ITEM, tale.of(BAG)).seals == ()


def test_a_first_scan_with_a_seal_closes_a_bag(tale: Tale) -> None:
    tale.row("hold", OFFICE, BAG.code, seal={"number": "A", "state": "intact"})
    bag = tale.of(BAG)
    assert bag.seal is not None
    assert (bag.seal.number, flags(bag)) == ("A", ())


def test_what_comes_in_a_bag_or_by_a_manifests_barcode_is_unverified_until_scanned(tale: Tale) -> None:
    tale.row("manifest.sealed", OFFICE, MANIFEST, giver=OFFICE, receiver=DESK, subjects=(ITEM.code, BAG.code))
    tale.row("manifest.dispatched", OFFICE, MANIFEST)
    tale.row("receive", DESK, MANIFEST, manifest=MANIFEST)
    assert (tale.of(ITEM).unverified, tale.of(ITEM).holder) == (MANIFEST, DESK)
    tale.row("hold", DESK, ITEM.code)
    assert tale.of(ITEM).unverified is None


def test_a_bag_in_a_bag_received_unopened_leaves_both_contents_unverified(tale: Tale) -> None:
    outer = Subject(code="TUI-9", presumed=OFFICE, registered_at=START)
    tale.row("pack", OFFICE, ITEM.code, container=BAG.code)
    tale.row("pack", OFFICE, BAG.code, container=outer.code)
    tale.row("receive", DESK, outer.code)
    big = tale.of(outer)
    bag = tale.of(BAG, big)
    item = tale.of(ITEM, bag, big)
    assert (bag.unverified, item.unverified, item.holder) == (outer.code, BAG.code, DESK)


def test_what_is_packed_after_the_bag_was_received_is_verified(tale: Tale) -> None:
    tale.row("receive", DESK, BAG.code)
    tale.row("receive", DESK, ITEM.code)
    tale.row("pack", DESK, ITEM.code, container=BAG.code)
    assert tale.of(ITEM, tale.of(BAG)).unverified is None


def test_a_piece_scanned_inside_the_received_bag_is_verified_there(tale: Tale) -> None:
    tale.row("pack", OFFICE, ITEM.code, container=BAG.code)
    tale.row("receive", DESK, BAG.code)
    tale.row("report", DESK, ITEM.code, condition="damaged")
    custody = tale.of(ITEM, tale.of(BAG))
    assert (custody.container, custody.unverified) == (BAG.code, None)


def test_packing_twice_and_unpacking_from_the_wrong_bag_are_flagged(tale: Tale) -> None:
    tale.row("pack", OFFICE, ITEM.code, container=BAG.code)
    tale.row("pack", OFFICE, ITEM.code, container=BAG.code)
    bag = tale.of(BAG)
    assert "already_packed" in flags(tale.of(ITEM, bag))
    tale.row("pack", OFFICE, ITEM.code, container="TUI-2")
    assert "in_other_container" in flags(tale.of(ITEM, bag))
    tale.row("unpack", OFFICE, ITEM.code, container=BAG.code)
    assert "other_container" in flags(tale.of(ITEM, bag))
    tale.row("unpack", OFFICE, ITEM.code, container=BAG.code)
    assert "not_packed" in flags(tale.of(ITEM, bag))


def test_what_an_inventory_does_not_find_is_in_the_bag_no_more(tale: Tale) -> None:
    tale.row("pack", OFFICE, ITEM.code, container=BAG.code)
    tale.row("receive", DESK, BAG.code)
    tale.row("container.inventoried", DESK, BAG.code, subjects=(ITEM.code,))
    custody = tale.of(ITEM, tale.of(BAG))
    assert (custody.container, custody.holder, flags(custody)) == (None, DESK, ("not_found_inside",))


def test_a_trip_moves_its_load_and_nobodys_claim(tale: Tale) -> None:
    tale.row("trip.loaded", OFFICE, TRIP, carrier=CARRIER, subjects=(BAG.code,))
    tale.row("depart", CARRIER, TRIP)
    aboard = tale.of(BAG)
    assert (aboard.holder, aboard.phase, aboard.trip) == (OFFICE, Phase.IN_TRANSIT, TRIP)
    assert aboard.steps[-1].trip == TRIP
    tale.row("arrive", HUB, TRIP, place=HUB)
    there = tale.of(BAG)
    assert (there.holder, there.phase, there.place) == (OFFICE, Phase.HELD, HUB)
    tale.row("receive", HUB, BAG.code, counterparty=OFFICE)
    tale.row("depart", CARRIER, TRIP)
    left = tale.of(BAG)
    assert (left.holder, left.phase, left.trip) == (HUB, Phase.HELD, None)


def test_a_stranger_makes_no_trip_depart_and_unloading_what_is_not_aboard_is_flagged(tale: Tale) -> None:
    tale.row("trip.loaded", OFFICE, TRIP, subjects=(BAG.code,))
    tale.row("depart", OTHER, TRIP)
    assert (flags(tale.of(BAG)), tale.of(BAG).claims) == (("not_holder",), (OFFICE,))
    tale.row("trip.unloaded", OFFICE, TRIP, subjects=(BAG.code,))
    assert tale.of(BAG).trip is None
    tale.row("trip.unloaded", OFFICE, TRIP, subjects=(BAG.code,))
    assert flags(tale.of(BAG)) == ("not_aboard",)


def test_a_carrier_that_receives_what_it_loaded_keeps_it_aboard(tale: Tale) -> None:
    tale.row("trip.loaded", OFFICE, TRIP, carrier=CARRIER, subjects=(BAG.code,))
    tale.row("receive", CARRIER, BAG.code)
    assert (tale.of(BAG).holder, tale.of(BAG).trip) == (CARRIER, TRIP)


def test_a_scan_under_a_closed_manifest_counts_and_says_that_it_was_closed(tale: Tale) -> None:
    tale.row("manifest.sealed", OFFICE, MANIFEST, giver=OFFICE, receiver=DESK, subjects=(ITEM.code,))
    tale.row("manifest.dispatched", OFFICE, MANIFEST)
    tale.row("manifest.closed", DESK, MANIFEST)
    tale.row("receive", DESK, ITEM.code, manifest=MANIFEST)
    custody = tale.of(ITEM)
    assert (custody.holder, flags(custody)) == (DESK, ("after_closing",))


def test_every_flag_of_the_rules_has_a_sentence_in_both_languages() -> None:
    said: set[str] = set()
    for path in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "flag"
            ):
                said |= {
                    one.value
                    for one in ast.walk(node)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    assert len(said) > 20
    assert said - FLAGS.keys() == set()
    for name in FLAGS:
        [vi], [en] = sentences([name], "vi"), sentences([name], "en")
        assert vi != en
        assert vi.endswith(".")
        assert en.endswith(".")
        assert not vi.isascii()
