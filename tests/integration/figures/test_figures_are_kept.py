"""Figures that messages keep are those that one statement counts from the rows themselves."""

import json
import random
from datetime import date, datetime, timedelta, timezone

from postal.db import as_owner, execute, fetch, fetch_value, unit_of_work
from postal.ledger.projections import rebuild
from postal.outbox.service import drain
from shipments.figures import repository
from shipments.figures.rules import VERDICTS, Cut, Grain
from shipments.figures.service import count, export
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.pieces import scan

VIETNAM = timezone(timedelta(hours=7))
TODAY = date(2026, 11, 23)
# Written apart from the statements of figures: straight from the rows, one measure after the other.
RECOUNT = """
WITH started AS (
    SELECT dossier, clock, ordinal, verdict, authority, desk, coalesce(office, '') AS office,
        (started_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS began,
        (stopped_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS ended,
        calendar_us / 1000 AS calendar_ms, working_us / 1000 AS working_ms
    FROM dossier_clock
)
SELECT 'received' AS measure, authority, desk, office, date_trunc('month', began::timestamp)::date AS month,
    count(*) AS n, 0::bigint AS calendar_ms, 0::bigint AS working_ms
FROM started WHERE clock = 'C3' GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT clock || '.' || coalesce(verdict, 'unjudged'), authority, desk, office,
    date_trunc('month', ended::timestamp)::date, count(*), sum(calendar_ms)::bigint, sum(working_ms)::bigint
FROM started WHERE ended IS NOT NULL GROUP BY 1, 2, 3, 4, 5
"""


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=VIETNAM)


async def put(chance: random.Random, code: str) -> None:
    """Write some dossier and its clocks, or take them away."""
    await execute("DELETE FROM dossier_clock WHERE dossier = $1", code)
    await execute("DELETE FROM dossier WHERE code = $1", code)
    if chance.random() < 0.1:
        return
    registered = at(1, 0) - timedelta(hours=chance.randrange(2_000))
    place = {
        "procedure": chance.choice(["1.000001", "1.000002"]),
        "authority": chance.choice(["A1", "A2"]),
        "desk": chance.choice(["M1", "M2", "M3"]),
        "office": chance.choice([None, "O1", "O2"]),
    }
    ended = chance.random() < 0.7
    await execute(
        "INSERT INTO dossier SELECT * FROM jsonb_populate_record(NULL::dossier, $1::text::jsonb)",
        json.dumps(
            {
                **place,
                "code": code,
                "service_mode": chance.choice(["submit", "return", "both"]),
                "registered_at": registered.isoformat(),
                "status": 4,
                "withdrawn": False,
                "supplements": chance.choice([0, 0, 1, 2]),
                "extensions": chance.choice([0, 0, 1]),
                "flags": [],
                "completed_at": registered.isoformat() if ended else None,
            }
        ),
    )
    for name in chance.sample(["C1", "C2", "C3", "C5", "C6", "C7"], chance.randrange(7)):
        started = registered + timedelta(hours=chance.randrange(48))
        stopped = started + timedelta(seconds=chance.randrange(2_000_000)) if ended else None
        length = (stopped - started) // timedelta(microseconds=1) if stopped else None
        row = {
            **place,
            "dossier": code,
            "clock": name,
            "ordinal": 0,
            "month": f"{started:%Y-%m}",
            "calendar": "VN-HC",
            "started_at": started.isoformat(),
            "stopped_at": stopped.isoformat() if stopped else None,
            "calendar_us": length,
            "working_us": length // 3 if length is not None else None,
            "due": (started + timedelta(days=7)).isoformat() if chance.random() < 0.8 else None,
            "verdict": chance.choice(["early", "on_time", "late", "undecided", None]) if ended else None,
        }
        await execute(
            """INSERT INTO dossier_clock (dossier, clock, ordinal, authority, desk, office, procedure, month, calendar,
                   started_at, stopped_at, calendar_us, working_us, due, verdict)
               SELECT dossier, clock, ordinal, authority, desk, office, procedure, month, calendar,
                   started_at, stopped_at, calendar_us, working_us, due, verdict
               FROM jsonb_populate_record(NULL::dossier_clock, $1::text::jsonb)""",
            json.dumps(row),
        )


async def test_any_order_of_changes_gives_what_one_statement_counts_from_the_rows(database):
    chance = random.Random(7)
    codes = [f"H57-{number}" for number in range(60)]
    for _ in range(8):
        changed = chance.sample(codes, 25)
        async with unit_of_work():
            for code in changed:
                await put(chance, code)
        async with unit_of_work():
            await count(changed, TODAY)
    async with unit_of_work():
        counted = {
            tuple(row)
            for row in await fetch(
                """SELECT measure, value, second, period, n, calendar_ms, working_ms FROM figure
                   WHERE cut = 'desk+office' AND grain = 'month' AND bucket = 0
                   AND (measure = 'received' OR measure ~ '^C[1-7][.](early|on_time|late|undecided|unjudged)$')"""
            )
        }
        by_route: dict[tuple[object, ...], list[int]] = {}
        for row in await fetch(RECOUNT):
            key = (row["measure"], row["desk"], row["office"], row["month"])
            sums = by_route.setdefault(key, [0, 0, 0])
            for place, name in enumerate(("n", "calendar_ms", "working_ms")):
                sums[place] += row[name]
    assert len(counted) > 100
    assert counted == {(*key, *sums) for key, sums in by_route.items()}
    open_now = await fetch_value(
        "SELECT count(*) FROM dossier_clock WHERE clock = 'C3' AND stopped_at IS NULL"
    )
    totals = await repository.totals(
        Cut.ALL,
        Grain.DAY,
        before=date(2030, 1, 1),
        measures=["received", *(f"C3.{verdict}" for verdict in VERDICTS)],
    )
    received = totals.pop(("", "", "received"))
    assert received - sum(totals.values()) == open_now
    assert await fetch_value("SELECT count(*) FROM figure WHERE n <= 0") == 0


async def test_a_rebuild_gives_the_same_figures_to_the_byte(client, clock, database):
    desks = await Desks(client, clock.instant).prepare()
    clock.set(at(23, 8))
    first, second = await desks.dossier(), await desks.dossier(service_mode="return", office=None)
    await scan("accept", first, OFFICE, at(23, 9))
    await scan("receive", first, DESK, at(24, 9), counterparty=OFFICE)
    clock.set(at(24, 10))
    await desks.states(first, "received", "step_done", "completed")
    await desks.states(second, "received")
    assert await drain() > 0
    before = await export()
    assert b'"C3.' in before
    [whole] = await repository.sums(
        cut=Cut.AUTHORITY,
        grain=Grain.MONTH,
        begin=date(2026, 11, 1),
        end=date(2026, 12, 1),
        measures=["received"],
    )
    assert (whole.value, whole.n) == (AUTHORITY, 2)
    async with as_owner(database):
        await execute("UPDATE figure SET n = n + 1 WHERE measure = 'received'")
        await execute("DELETE FROM figure_part")
        await rebuild(chunk=2)
        rebuilt = await export()
    assert rebuilt == before
    await drain()
    assert await export() == before
