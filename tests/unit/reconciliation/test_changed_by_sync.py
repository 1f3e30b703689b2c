"""What was awaited until a device had spoken is missing by its sync, and the verdict names it."""

from manifests.reconciliation.rules import DeviceCoverage, LineClass, Sync
from tests.factories.manifests import GIVER, RECEIVER, at, handover, scan
from tests.unit.reconciliation.test_classes import judge, line_of


def told(device, minute, organisation=RECEIVER):
    sync = Sync(device=device, epoch="e", last_seq=9, received_at=at(minute))
    return DeviceCoverage(
        device=device,
        organisation=organisation,
        covered_until=at(minute),
        last_contact=at(minute),
        told_by=sync,
    )


OFFER = scan(1, "offer", "A", GIVER, minute=5)
ELSE = scan(2, "receive", "B", minute=30)


def test_the_last_device_that_had_to_speak_is_named():
    coverage = (told("hy-1", 40), told("hy-2", 70, GIVER))
    line = line_of(judge(handover("A", "B"), OFFER, ELSE, coverage=coverage))
    assert (line.line_class, line.evidence.reason) == (LineClass.MISSING, "unseen")
    assert line.evidence.changed_by_sync == coverage[1].told_by
    matched = line_of(judge(handover("A", "B"), OFFER, ELSE, coverage=coverage), "B")
    assert matched.evidence.changed_by_sync is None


def test_no_sync_is_named_while_a_device_is_silent_or_where_somebody_has_said_it():
    silent = DeviceCoverage(device="hy-3", organisation=RECEIVER, last_contact=at(5))
    waiting = line_of(judge(handover("A", "B"), OFFER, ELSE, coverage=(told("hy-1", 40), silent)))
    assert (waiting.line_class, waiting.evidence.changed_by_sync) == (LineClass.AWAITING_DEVICE, None)
    refused = scan(3, "refuse", "A", minute=31)
    line = line_of(judge(handover("A", "B"), OFFER, ELSE, refused, coverage=(told("hy-1", 40),)))
    assert (line.evidence.reason, line.evidence.changed_by_sync) == ("refused", None)
