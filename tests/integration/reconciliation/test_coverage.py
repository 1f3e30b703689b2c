"""When a device is covered: the SQL against a plain walk through its syncs."""

import random
from datetime import timedelta

import pytest

from manifests.reconciliation.repository import coverage_of
from postal.db import unit_of_work
from postal.identity.repository.scans import OnDuty
from shipments.custody.repository import Sync, note_syncs
from tests.factories.manifests import at

DEVICE = OnDuty(organisation="MC-20", device="hy-1", by_shift=True)


async def sync(minute, epoch, last_seq, seqs, skew_s=0):
    async with unit_of_work():
        sent_at = at(minute) + timedelta(seconds=skew_s)
        await note_syncs([Sync("hy-1", epoch, at(minute), sent_at, last_seq, skew_s * 1000, seqs)])


async def state(minute=1000):
    [one] = await coverage_of([DEVICE], at(minute), at(0))
    return one.covered_until, one.last_contact, one.missing


async def test_an_empty_sync_covers_as_well_as_any(database):
    await sync(5, "a", 3, [1, 2, 3])
    await sync(50, "a", 3, [])
    assert await state() == (at(50), at(50), ())


async def test_coverage_ends_before_the_first_gap(database):
    await sync(5, "a", 3, [1, 2, 3])
    await sync(50, "a", 6, [5])
    assert await state() == (at(5), at(50), ((4, 4), (6, 6)))


async def test_a_gap_of_an_older_installation_is_not_covered_by_a_newer_one(database):
    await sync(5, "a", 3, [1, 2, 3])
    await sync(10, "a", 4, [])
    await sync(50, "b", 1, [1])
    assert await state() == (at(5), at(50), ((4, 4),))


async def test_a_wrong_clock_is_corrected(database):
    await sync(5, "a", 0, [], skew_s=3600)
    assert (await state())[0] == at(5)


async def test_a_clock_that_is_years_ahead_covers_nothing_before_its_time(database):
    async with unit_of_work():
        # A skew is kept within what its column holds, some 25 days.
        ahead = at(5) + timedelta(days=40_000)
        await note_syncs([Sync("hy-1", "a", at(5), ahead, 0, 2**31 - 1, [])])
    assert (await state())[0] == at(5)


async def test_what_was_stated_after_as_of_is_not_known(database):
    await sync(5, "a", 0, [])
    await sync(50, "a", 0, [])
    assert (await state(20))[:2] == (at(5), at(5))


async def test_a_device_that_never_spoke_is_not_covered(database):
    assert await state() == (None, None, ())


async def test_the_sync_that_left_nothing_missing_is_named(database):
    async def told_by(until, minute=1000):
        [one] = await coverage_of([DEVICE], at(minute), at(until))
        sync = one.told_by
        return sync and (sync.device, sync.epoch, sync.last_seq, sync.received_at)

    await sync(5, "a", 3, [1, 2, 3])
    await sync(20, "a", 5, [5])
    await sync(30, "a", 6, [4, 6])
    await sync(40, "a", 6, [])
    assert await told_by(0) == ("hy-1", "a", 3, at(5))
    assert await told_by(10) == ("hy-1", "a", 6, at(30)), "at 20 the fourth scan was missing"
    assert await told_by(10, minute=29) is None
    assert await told_by(31) == ("hy-1", "a", 6, at(40))
    assert await told_by(41) is None


@pytest.mark.parametrize("seed", range(8))
async def test_any_history_is_covered_as_a_plain_walk_says(database, seed):
    chance = random.Random(seed)
    held, said, last = {"a": set(), "b": set()}, [], 0
    for minute in range(0, 100, 10):
        epoch = "a" if minute < 50 else "b"
        last = 0 if minute == 50 else last
        last += chance.randint(0, 3)
        seqs = [seq for seq in range(1, last + 1) if seq in held[epoch] or chance.random() < 0.8]
        held[epoch] |= set(seqs)
        said.append((minute, epoch, last))
        await sync(minute, epoch, last, seqs)
    covered = None
    for minute, epoch, stated in said:
        if not set(range(1, stated + 1)) <= held[epoch]:
            break
        covered = at(minute)
    assert (await state())[0] == covered
