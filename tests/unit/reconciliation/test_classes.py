"""Each class of reconciliation by its clue, and the precedence where two clues meet."""

from datetime import timedelta

import pytest

from manifests.reconciliation.rules import (
    Custody,
    DeviceCoverage,
    Elsewhere,
    Handover,
    LineClass,
    ReconciledLine,
    Reconciliation,
    reconcile,
)
from postal.ledger.rules import Row
from tests.factories.manifests import GIVER, MANIFEST, RECEIVER, STRANGER, at, handover, row_id, scan

LIMIT = timedelta(hours=72)


def judge(
    promised: Handover,
    *rows: Row,
    custody: dict[str, Custody] | None = None,
    elsewhere: dict[str, Elsewhere] | None = None,
    coverage: tuple[DeviceCoverage, ...] = (),
    minute: float = 600,
) -> Reconciliation:
    return reconcile(
        promised,
        rows,
        custody=custody or {},
        elsewhere=elsewhere or {},
        coverage=coverage,
        waiting_limit=LIMIT,
        as_of=at(minute),
    )


def line_of(result: Reconciliation, code: str = "A") -> ReconciledLine:
    return next(line for line in result.lines if line.code == code)


def silent(covered: float | None = None) -> DeviceCoverage:
    return DeviceCoverage(
        device="hy-1",
        organisation=RECEIVER,
        covered_until=None if covered is None else at(covered),
        last_contact=at(5),
        missing=((7, 9),),
    )


OFFER = scan(1, "offer", "A", GIVER, minute=10, counterparty=RECEIVER)

CASES = {
    "offered and received": ((OFFER, scan(2, "receive", "A")), "matched", None, RECEIVER),
    "received without an offer": ((scan(2, "receive", "A"),), "matched", None, RECEIVER),
    "received twice": ((scan(2, "receive", "A"), scan(3, "receive", "A")), "matched", None, RECEIVER),
    "received, manifest forgotten": ((scan(2, "receive", "A", manifest=None),), "matched", None, RECEIVER),
    "received under another manifest": (
        (scan(2, "receive", "A", manifest="BK-X"),),
        "matched",
        None,
        RECEIVER,
    ),
    "received before the sealing": (
        (scan(2, "receive", "A", minute=-60, manifest=None), scan(3, "receive", "B")),
        "missing",
        "not_offered",
        GIVER,
    ),
    "passed on without a receipt": ((OFFER, scan(2, "offer", "A", manifest=None)), "matched", None, RECEIVER),
    "offered, another one received": ((OFFER, scan(2, "receive", "B")), "missing", "unseen", GIVER),
    "nothing received": ((OFFER,), "missing", "not_arrived", GIVER),
    "refused": ((OFFER, scan(2, "refuse", "A", reason="wrong_count")), "missing", "refused", GIVER),
    "refused, then received": (
        (OFFER, scan(2, "refuse", "A", reason="wrong_count"), scan(3, "receive", "A", minute=40)),
        "matched",
        None,
        RECEIVER,
    ),
    "refused because opened": ((OFFER, scan(2, "refuse", "A", reason="opened")), "damaged", "opened", GIVER),
    "received damaged": ((OFFER, scan(2, "receive", "A", condition="damaged")), "damaged", "damaged", GIVER),
    "received with a broken seal": (
        (OFFER, scan(2, "receive", "A", seal={"number": "9", "state": "broken"})),
        "damaged",
        "seal_broken",
        GIVER,
    ),
    "damaged after an intact receipt": (
        (scan(2, "receive", "A", condition="intact"), scan(3, "report", "A", minute=40, condition="damaged")),
        "damaged",
        "damaged",
        RECEIVER,
    ),
    "lost after the receipt": (
        (scan(2, "receive", "A"), scan(3, "report", "A", minute=40, condition="lost")),
        "missing",
        "lost",
        RECEIVER,
    ),
    "lost by the giver": (
        (OFFER, scan(2, "report", "A", GIVER, minute=12, condition="lost"), scan(3, "receive", "B")),
        "missing",
        "lost",
        GIVER,
    ),
    "manifest accepted by its barcode": (
        (OFFER, scan(2, "receive", MANIFEST)),
        "unverified",
        "barcode",
        RECEIVER,
    ),
    "manifest accepted, then the piece scanned": (
        (scan(2, "receive", MANIFEST), scan(3, "receive", "A", minute=40)),
        "matched",
        None,
        RECEIVER,
    ),
    "manifest refused": ((OFFER, scan(2, "refuse", MANIFEST)), "missing", "refused", GIVER),
    "taken in by a stranger": (
        (OFFER, scan(2, "receive", "A", STRANGER)),
        "misrouted",
        "third_party",
        STRANGER,
    ),
    "taken in by a stranger, then forwarded": (
        (OFFER, scan(2, "receive", "A", STRANGER), scan(3, "receive", "A", minute=90)),
        "matched",
        None,
        RECEIVER,
    ),
    "taken over by barcode, seen elsewhere before": (
        (scan(2, "receive", "A", STRANGER, minute=20), scan(3, "receive", MANIFEST)),
        "misrouted",
        "third_party",
        STRANGER,
    ),
    "taken over by barcode, gone on since": (
        (scan(2, "receive", MANIFEST), scan(3, "receive", "A", STRANGER, minute=90, counterparty=RECEIVER)),
        "unverified",
        "barcode",
        RECEIVER,
    ),
    "taken over by barcode, yet another party had it from the giver": (
        (scan(2, "receive", MANIFEST), scan(3, "receive", "A", STRANGER, minute=90, counterparty=GIVER)),
        "misrouted",
        "third_party",
        STRANGER,
    ),
    "with a carrier to whom it was offered": (
        (scan(1, "offer", "A", GIVER, minute=9, counterparty="VC-1"), scan(2, "receive", "A", "VC-1")),
        "missing",
        "not_arrived",
        GIVER,
    ),
    "receipt corrected away": (
        (OFFER, scan(2, "receive", "A"), scan(3, "correct", "A", minute=50, corrects=str(row_id(2)))),
        "missing",
        "not_arrived",
        GIVER,
    ),
    "a stranger cannot correct a receipt": (
        (scan(2, "receive", "A"), scan(3, "correct", "A", STRANGER, minute=50, corrects=str(row_id(2)))),
        "matched",
        None,
        RECEIVER,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_listed_piece_is_classed_by_what_each_side_said(case):
    rows, line_class, reason, answers = CASES[case]
    line = line_of(judge(handover("A"), *rows))
    assert (line.line_class, line.evidence.reason, line.answers) == (line_class, reason, answers)


def test_evidence_names_the_rows_of_both_sides_and_the_one_that_decided():
    line = line_of(judge(handover("A"), OFFER, scan(2, "receive", "A")))
    assert line.evidence.giver == (row_id(1),)
    assert line.evidence.receiver == (row_id(2),)
    assert line.evidence.changed_by == row_id(2)


def test_a_repeated_receipt_is_not_what_changed_the_verdict():
    line = line_of(
        judge(handover("A"), scan(2, "receive", "A", received=60), scan(3, "receive", "A", received=90))
    )
    assert line.evidence.changed_by == row_id(2)


def test_an_unlisted_piece_is_extra_or_misrouted():
    rows = [scan(n, "receive", code) for n, code in enumerate(("A", "X", "Y", "Z"), 1)]
    elsewhere = {"Y": Elsewhere(manifest="BK-Y", destination=RECEIVER), "Z": Elsewhere(destination=STRANGER)}
    result = judge(handover("A"), *rows, elsewhere=elsewhere)
    assert [(line.code, line.line_class, line.evidence.belongs_to) for line in result.lines] == [
        ("A", LineClass.MATCHED, None),
        ("X", LineClass.EXTRA, None),
        ("Y", LineClass.MISROUTED, "BK-Y"),
        ("Z", LineClass.MISROUTED, STRANGER),
    ]


def test_an_unlisted_piece_that_the_receiver_refused_stays_with_the_giver():
    result = judge(handover("A"), scan(1, "refuse", "X", reason="not_listed"))
    assert (line_of(result, "X").line_class, line_of(result, "X").answers) == (LineClass.EXTRA, GIVER)


def test_a_damaged_piece_of_another_manifest_is_misrouted_and_keeps_its_damage():
    row = scan(1, "receive", "X", condition="opened")
    line = line_of(judge(handover("A"), row, elsewhere={"X": Elsewhere(manifest="BK-Y")}), "X")
    assert (line.line_class, line.evidence.damage) == (LineClass.MISROUTED, "opened")


def test_two_claims_outrank_every_other_clue():
    custody = {"A": Custody(holder=None, claims=(STRANGER, RECEIVER))}
    line = line_of(judge(handover("A"), OFFER, scan(2, "receive", "A", condition="damaged"), custody=custody))
    assert (line.line_class, line.evidence.claims) == (LineClass.CONTESTED, (RECEIVER, STRANGER))
    assert line.evidence.damage == "damaged"


def test_a_quarrel_after_the_receiver_passed_the_piece_on_is_not_of_this_manifest():
    custody = {"A": Custody(holder=None, claims=(STRANGER, "VC-7"))}
    rows = (scan(2, "receive", "A"), scan(3, "offer", "A", minute=90, manifest="BK-NEXT"))
    assert line_of(judge(handover("A"), *rows, custody=custody)).line_class is LineClass.MATCHED


def test_the_contents_of_an_accepted_bag_are_unverified_until_scanned():
    rows = (
        scan(1, "pack", "P", GIVER, minute=-30, manifest=None, container="TUI-01"),
        scan(2, "pack", "Q", GIVER, minute=-29, manifest=None, container="TUI-01"),
        scan(3, "receive", "TUI-01", minute=30),
        scan(4, "unpack", "Q", minute=40, manifest=None, container="TUI-01"),
    )
    result = judge(handover("TUI-01"), *rows)
    assert {line.code: (line.line_class.value, line.container) for line in result.lines} == {
        "TUI-01": ("matched", None),
        "P": ("unverified", "TUI-01"),
        "Q": ("matched", "TUI-01"),
    }


def test_the_contents_of_a_bag_that_went_on_unopened_stay_unverified():
    rows = (
        scan(1, "pack", "P", GIVER, minute=-30, manifest=None, container="TUI-01"),
        scan(3, "receive", "TUI-01", minute=30),
        scan(4, "offer", "TUI-01", minute=40, manifest=None),
        scan(5, "unpack", "P", STRANGER, minute=90, manifest=None, container="TUI-01"),
    )
    assert line_of(judge(handover("TUI-01"), *rows), "P").line_class is LineClass.UNVERIFIED


def test_a_refused_bag_leaves_its_contents_with_the_giver():
    rows = (
        scan(1, "pack", "P", GIVER, minute=-30, manifest=None, container="TUI-01"),
        scan(3, "refuse", "TUI-01", reason="seal_broken"),
    )
    result = judge(handover("TUI-01"), *rows)
    assert line_of(result, "TUI-01").line_class is LineClass.DAMAGED
    assert (line_of(result, "P").line_class, line_of(result, "P").answers) == (LineClass.MISSING, GIVER)


def test_what_was_in_the_bag_on_its_last_trip_is_not_expected_now():
    rows = (
        scan(1, "pack", "OLD", GIVER, minute=-900, manifest=None, container="TUI-01"),
        scan(2, "unpack", "OLD", RECEIVER, minute=-800, manifest=None, container="TUI-01"),
        scan(3, "pack", "NEW", GIVER, minute=-20, manifest=None, container="TUI-01"),
        scan(4, "receive", "TUI-01"),
    )
    assert [line.code for line in judge(handover("TUI-01"), *rows).lines] == ["TUI-01", "NEW"]


def test_an_unseen_piece_waits_for_a_device_that_is_not_covered():
    line = line_of(judge(handover("A", "B"), OFFER, scan(2, "receive", "B"), coverage=(silent(20),)))
    assert line.line_class is LineClass.AWAITING_DEVICE
    assert [(gap.device, gap.last_contact, gap.missing) for gap in line.evidence.devices] == [
        ("hy-1", at(5), ((7, 9),))
    ]


def test_a_device_covered_to_the_end_of_the_handover_hides_nothing():
    result = judge(handover("A", "B"), OFFER, scan(2, "receive", "B"), coverage=(silent(30),))
    assert line_of(result).line_class is LineClass.MISSING


def test_after_the_waiting_limit_the_piece_is_missing_and_the_silent_device_is_named():
    late = (30 + 72 * 60) + 1
    result = judge(handover("A", "B"), OFFER, scan(2, "receive", "B"), coverage=(silent(),), minute=late)
    line = line_of(result)
    assert (line.line_class, line.evidence.reason) == (LineClass.MISSING, "waiting_limit_over")
    assert line.evidence.devices


def test_a_refusal_needs_no_device():
    rows = (OFFER, scan(2, "refuse", "A", reason="wrong_count"))
    assert line_of(judge(handover("A"), *rows, coverage=(silent(),))).line_class is LineClass.MISSING


def test_a_row_received_after_as_of_does_not_exist():
    rows = (OFFER, scan(2, "receive", "A", received=120))
    assert line_of(judge(handover("A"), *rows, minute=119)).line_class is LineClass.MISSING
    assert line_of(judge(handover("A"), *rows, minute=120)).line_class is LineClass.MATCHED


def test_disputed_contents_decide_nothing_until_a_correction_keeps_one():
    one = scan(2, "receive", "A")
    two = scan(2, "receive", "A", condition="damaged")
    line = line_of(judge(handover("A"), OFFER, one, two))
    assert (line.line_class, line.evidence.disputed) == (LineClass.MISSING, (row_id(2),))
    settled = scan(3, "correct", "A", minute=50, corrects=str(row_id(2)), keep=one.content_hash.hex())
    assert line_of(judge(handover("A"), OFFER, one, two, settled)).line_class is LineClass.MATCHED


def test_a_piece_sealed_again_elsewhere_is_judged_by_what_happened_before():
    promised = handover("A")
    lines = tuple(type(line)(piece=line.piece, n=line.n, until=at(60)) for line in promised.lines)
    later = scan(2, "receive", "A", minute=90, manifest=None)
    assert line_of(judge(handover("A", lines=lines), later)).line_class is LineClass.MISSING


def test_counts_name_every_class():
    counts = judge(handover("A", "B"), scan(2, "receive", "A")).counts
    assert counts == {
        "contested": 0,
        "misrouted": 0,
        "extra": 0,
        "damaged": 0,
        "matched": 1,
        "unverified": 0,
        "awaiting_device": 0,
        "missing": 1,
    }
