"""When a device is covered: its statements against what the ledger holds."""

import pytest

from manifests.reconciliation.rules import Sync, covered_until, missing_ranges
from tests.factories.manifests import at


@pytest.mark.parametrize(
    ("last_seq", "held", "missing"),
    [
        (0, (), ()),
        (3, ((1, 3),), ()),
        (3, ((1, 9),), ()),
        (3, (), ((1, 3),)),
        (9, ((1, 2), (5, 6)), ((3, 4), (7, 9))),
        (9, ((5, 6), (1, 2)), ((3, 4), (7, 9))),
    ],
)
def test_missing_ranges_are_what_was_announced_and_is_not_held(last_seq, held, missing):
    assert missing_ranges(last_seq, held) == missing


def test_an_empty_sync_covers_as_well_as_any():
    assert covered_until([Sync(at(5), "a", 3), Sync(at(50), "a", 3)], {"a": [(1, 3)]}) == at(50)


def test_coverage_ends_before_the_first_gap():
    assert covered_until([Sync(at(5), "a", 3), Sync(at(50), "a", 5)], {"a": [(1, 3), (5, 5)]}) == at(5)


def test_a_gap_of_an_older_installation_is_not_covered_by_a_newer_one():
    syncs = [Sync(at(5), "a", 3), Sync(at(10), "a", 4), Sync(at(50), "b", 1)]
    assert covered_until(syncs, {"a": [(1, 3)], "b": [(1, 1)]}) == at(5)


def test_a_device_that_never_spoke_is_not_covered():
    assert covered_until([], {}) is None
