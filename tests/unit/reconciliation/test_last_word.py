"""What counts in reconciliation after corrections, and who is a stranger to a handover."""

from datetime import timedelta
from uuid import UUID

from manifests.reconciliation.rules import LineClass, ReconciledLine, reconcile
from postal.ledger.rules import Row
from tests.factories.manifests import GIVER, MANIFEST, STRANGER, at, handover, row_id, scan


def line_of(*rows: Row) -> ReconciledLine:
    result = reconcile(
        handover("A"),
        rows,
        custody={},
        elsewhere={},
        coverage=(),
        waiting_limit=timedelta(hours=72),
        as_of=at(600),
    )
    [line] = result.lines
    return line


def class_of(*rows: Row) -> LineClass:
    return line_of(*rows).line_class


def undecided(*rows: Row) -> tuple[UUID, ...]:
    return line_of(*rows).evidence.undecided


SEEN = scan(1, "receive", "A", minute=30)
BACK = scan(2, "correct", "A", minute=40, corrects=str(row_id(1)))


def test_a_strangers_correction_does_not_undo_the_partys_own() -> None:
    meddling = scan(3, "correct", "A", STRANGER, minute=50, corrects=str(row_id(1)))
    assert class_of(SEEN, BACK) is LineClass.MISSING
    assert class_of(SEEN, meddling) is LineClass.MATCHED
    assert class_of(SEEN, BACK, meddling) is LineClass.MISSING


def test_a_correction_that_keeps_what_nobody_said_has_no_effect() -> None:
    assert class_of(SEEN, scan(3, "correct", "A", minute=50, corrects=str(row_id(1)), keep="00" * 32)) is (
        LineClass.MATCHED
    )


def test_the_last_word_holds() -> None:
    other = scan(1, "refuse", "A", minute=30)
    keep = scan(3, "correct", "A", minute=50, corrects=str(row_id(1)), keep=SEEN.content_hash.hex())
    assert class_of(SEEN, other, BACK, keep) is LineClass.MATCHED
    late = scan(4, "correct", "A", minute=60, corrects=str(row_id(1)))
    assert class_of(SEEN, other, BACK, keep, late) is LineClass.MISSING


def test_what_went_on_after_the_list_was_taken_over_was_not_misrouted() -> None:
    taken = scan(1, "receive", MANIFEST, minute=30)
    onward = scan(2, "receive", "A", STRANGER, minute=90, manifest=None)
    assert class_of(taken, onward) is LineClass.UNVERIFIED
    from_giver = scan(3, "receive", "A", STRANGER, minute=90, manifest=None, counterparty=GIVER)
    assert class_of(taken, from_giver) is LineClass.MISROUTED


def test_two_clocks_that_cannot_tell_who_spoke_last_leave_it_undecided() -> None:
    seen = scan(1, "receive", "A", minute=30, device="hy-1", seq=1, epoch="e", uncertainty_ms=60_000)
    refused = scan(2, "refuse", "A", minute=31, device="hy-2", seq=9, epoch="e", uncertainty_ms=60_000)
    assert undecided(seen, refused) == (row_id(1), row_id(2))
    assert undecided(seen, scan(2, "refuse", "A", minute=40, device="hy-2", uncertainty_ms=60_000)) == ()


def test_one_installation_counts_its_scans_and_is_never_in_doubt() -> None:
    rows = (
        scan(1, "receive", "A", minute=30, device="hy-1", seq=1, epoch="e", uncertainty_ms=60_000),
        scan(2, "refuse", "A", minute=31, device="hy-1", seq=2, epoch="e", uncertainty_ms=60_000),
    )
    assert undecided(*rows) == ()
