"""Serials for many at the same time: nobody waits for another's commit, and no two get the same, whatever is killed."""

import asyncio
from itertools import combinations

import asyncpg
import pytest
from msgspec.structs import replace

from postal import db
from postal.db import fetch, fetch_value, unit_of_work
from postal.errors import PostalError, Unavailable
from postal.identity.rules import Role
from shipments.pieces import repository, service
from shipments.pieces.rules import SERIALS
from shipments.pieces.rules.serials import ERAS, LANES, neighbours, turns_of
from tests.factories.dossiers import DESK, OFFICE
from tests.factories.identity import headers
from tests.factories.network import organisation

KEY = b"0123456789abcdef"
AT_ONCE = 16


@pytest.fixture
async def wide(database):
    """Have a connection for each of those who choose at the same time."""
    await db.stop()
    await db.start(replace(database, pool_max=AT_ONCE + 4))


async def choose(office, now, count=1, prefix="DH"):
    async with unit_of_work():
        return await service.allocate(prefix, office, now, count, KEY)


async def choose_together(offices, now, *, after=None):
    """Let all choose before any commits; `after` may break the one with this number off instead."""
    together = asyncio.Barrier(len(offices))

    async def one(number, office):
        async with unit_of_work():
            chosen = await service.allocate("DH", office, now, 3, KEY)
            async with asyncio.timeout(20):
                await together.wait()
            if after is not None:
                await after(number)
        return chosen

    return await asyncio.gather(*(one(*named) for named in enumerate(offices)), return_exceptions=True)


def are_apart(serials):
    return all(other not in neighbours(one) for one, other in combinations(serials, 2))


@pytest.mark.parametrize("offices", [[OFFICE] * AT_ONCE, [f"BC-{number}" for number in range(AT_ONCE)]])
async def test_sixteen_who_pause_before_their_commit_do_not_wait_for_each_other(wide, clock, offices):
    serials = [serial for chosen in await choose_together(offices, clock.instant) for serial in chosen]
    assert len(set(serials)) == 3 * AT_ONCE
    if len(set(offices)) == 1:
        assert are_apart(serials)


async def test_what_is_killed_or_fails_between_costs_nobody_a_code(wide, clock, postgres):
    async def end(number):
        if number % 4 == 0:
            raise RuntimeError
        if number % 4 == 1:
            pid = await fetch_value("SELECT pg_backend_pid()")
            admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
            await admin.execute("SELECT pg_terminate_backend($1)", pid)
            await admin.close()

    first = await choose_together([OFFICE] * AT_ONCE, clock.instant, after=end)
    kept = [chosen for chosen in first if isinstance(chosen, tuple)]
    assert len(kept) == AT_ONCE // 2
    assert sum(isinstance(lost, PostalError | RuntimeError) for lost in first) == AT_ONCE // 2
    second = await choose_together([OFFICE] * AT_ONCE, clock.instant)
    serials = [serial for chosen in [*kept, *second] for serial in chosen]
    assert len(set(serials)) == 3 * (AT_ONCE // 2 + AT_ONCE)
    assert are_apart(serials)


async def test_of_two_who_want_neighbours_at_once_one_gets_them_and_nobody_waits(wide, clock):
    day = clock.instant.date()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        held, done = asyncio.Event(), asyncio.Event()

        async def first():
            async with unit_of_work():
                assert await repository.hold([12345678, 50000000], OFFICE, day) == [12345678, 50000000]
                held.set()
                await done.wait()

        group.create_task(first())
        await held.wait()
        async with unit_of_work():
            wanted = [12345679, 12345688, 92345678, 12345678, 12345689, 50000001]
            assert await repository.hold(wanted, OFFICE, day) == [12345689]
            assert await repository.hold(wanted[:2], "BC-OTHER", day) == wanted[:2]
        done.set()
    async with unit_of_work():
        assert await repository.hold([12345679], OFFICE, day) == [12345679]


async def leave(prefix, lanes, counters=0):
    """Use all of a prefix up but the last counters of some lanes."""
    async with unit_of_work():
        await fetch(
            "INSERT INTO serial_lane (prefix, lane, era, turn)"
            " SELECT $1, lane, (SELECT max(era) FROM feed_era), CASE WHEN lane = ANY($2) THEN $3::int ELSE $4::int END"
            " FROM generate_series(0, $5 - 1) AS lane",
            prefix,
            lanes,
            turns_of() - counters,
            turns_of(),
            LANES,
        )


async def test_who_finds_no_free_lane_waits_for_one(wide, clock):
    await leave("DK", [7], counters=1000)
    given = await asyncio.gather(*(choose(OFFICE, clock.instant, prefix="DK") for _ in range(AT_ONCE)))
    assert are_apart([serial for chosen in given for serial in chosen])
    assert len(given) == AT_ONCE


async def test_a_prefix_that_is_used_up_says_so(wide, clock):
    await leave("DK", [3, 50], counters=2)
    assert len(set(await choose(OFFICE, clock.instant, 4, prefix="DK"))) == 4
    with pytest.raises(Unavailable) as refused:
        await choose(OFFICE, clock.instant, prefix="DK")
    assert refused.value.code == "piece.serials_exhausted"
    assert len(await choose(OFFICE, clock.instant)) == 1


@pytest.mark.slow
async def test_after_a_restore_nothing_is_given_out_that_the_backup_does_not_know(own_database, clock):
    """What came after the backup is lost with its rows, but its labels stick on papers somewhere."""
    before = [await choose(OFFICE, clock.instant, 5) for _ in range(3)]
    kept = await fetch("SELECT * FROM serial_lane")
    lost = [await choose(f"BC-{number}", clock.instant, 5) for number in range(40)]
    async with db.as_owner(own_database):
        await fetch("DELETE FROM serial_lane")
        await fetch("DELETE FROM serial_given")
        for row in kept:
            await fetch("INSERT INTO serial_lane VALUES ($1, $2, $3, $4)", *row.values())
        await fetch("SELECT feed_begin_era()")
    after = [await choose(f"BC-{number}", clock.instant, 5) for number in range(40)]
    serials = [serial for chosen in [*before, *lost, *after] for serial in chosen]
    assert len(set(serials)) == len(serials)
    skipped = await fetch_value(
        "SELECT min(turn) FROM serial_lane WHERE era = (SELECT max(era) FROM feed_era)"
    )
    assert skipped >= SERIALS // LANES // ERAS


async def test_items_made_at_once_are_all_different(client, clock):
    await organisation(OFFICE)
    await organisation(DESK)
    clerk = await headers(OFFICE, Role.CLERK, now=clock.instant)
    answers = await asyncio.gather(
        *(client.post("/api/v1/items", json={"destination": DESK}, headers=clerk) for _ in range(AT_ONCE))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == AT_ONCE
