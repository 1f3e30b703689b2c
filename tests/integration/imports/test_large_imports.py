"""Large files: in short steps and bounded memory, going on after a kill, and repeated without change."""

import os
import resource
import time
import zlib

import pytest

from integrations.imports import repository, service
from integrations.imports.rules import Kind, State
from integrations.imports.service import applying, intake, reading
from postal.config import hold
from postal.db import fetch, fetch_value, unit_of_work
from postal.outbox.service import claim, drain, run_claimed
from tests.factories.dossiers import parties
from tests.factories.importing import (
    AGENCY,
    brought,
    code_of,
    counts,
    csv_file,
    dossier_row,
    errors,
    event_row,
    xlsx_file,
)

ROWS = int(os.environ.get("POSTAL_TEST_IMPORT_ROWS", "100000"))
MIB = 1 << 20


@pytest.fixture
async def prepared(settings, clock):
    await parties()
    hold(settings)
    return settings


def rss() -> int:
    """Give how much memory this process holds now."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 - no file of a disk
        return int(file.read().split()[1]) * resource.getpagesize()


async def submitted(settings, now, data, **different):
    options = {
        "kind": Kind.DOSSIERS,
        "profile": None,
        "name": "x",
        "dry_run": False,
        "actor": AGENCY,
    } | different
    return await service.submit(data, now=now, settings=settings, **options)


async def test_a_worker_killed_in_the_middle_loses_and_repeats_nothing(prepared, clock, monkeypatch):
    monkeypatch.setattr(reading, "ROWS_A_STEP", 25)
    monkeypatch.setattr(applying.PACE, "rows", 10)
    monkeypatch.setattr(applying, "MOST", 10)
    rows = [dossier_row(number) for number in range(1, 101)]
    rows[50]["Số điện thoại"] = "?"
    job = await submitted(prepared, clock.instant, csv_file(rows))

    class Killed(BaseException):
        """The plug."""

    calls = 0
    for name in ("add_rows", "add_errors", "advance"):
        whole = getattr(repository, name)

        async def dying(*arguments, whole=whole):
            nonlocal calls
            calls += 1
            await whole(*arguments)
            if calls % 5 == 0:
                raise Killed

        monkeypatch.setattr(repository, name, dying)
    kills = 0
    while (found := await service.find(job.id, AGENCY)).under_way:
        before = (found.rows_done, await fetch_value("SELECT count(*) FROM dossier"))
        assert before[0] == before[1]
        try:
            async with unit_of_work():
                await service.step({"import": str(job.id)})
        except Killed:
            kills += 1
            # Another process goes on: nothing that this one held in memory is there.
            reading._open.clear()
            assert await fetch_value("SELECT count(*) FROM dossier") == before[1]
    assert kills >= 3
    assert counts(found) == {"new": 99, "unchanged": 0, "changed": 0, "refused": 1}
    assert await errors(found) == [(52, "cell.invalid", "Số điện thoại")]
    assert await fetch_value("SELECT count(*) FROM ledger_dispute") == 0


async def test_events_newest_first_over_many_batches_are_judged_in_their_order(prepared, clock, monkeypatch):
    monkeypatch.setattr(applying.PACE, "rows", 10)
    monkeypatch.setattr(applying, "MOST", 10)
    await brought(csv_file([dossier_row(n) for n in range(1, 13)]), settings=prepared, now=clock.instant)
    rows = [event_row(n, "Có kết quả", "22/11/2026 15:00") for n in range(1, 13)]
    rows += [event_row(n, "Chuyển xử lý", "21/11/2026 15:00") for n in range(1, 13)]
    rows += [event_row(n, "Tiếp nhận", "20/11/2026 15:00") for n in range(1, 13)]
    for dry_run in (True, False):
        job = await brought(
            xlsx_file(rows), kind=Kind.EVENTS, settings=prepared, now=clock.instant, dry_run=dry_run
        )
        assert counts(job) == {"new": 36, "unchanged": 0, "changed": 0, "refused": 0}
        assert await fetch_value("SELECT count(*) FROM dossier WHERE status = 9") == (0 if dry_run else 12)


@pytest.mark.slow
async def test_imports_share_few_lanes_can_be_cancelled_and_one_that_breaks_holds_up_nobody(
    prepared, clock, monkeypatch
):
    rows = [dossier_row(number) for number in range(1, 31)]
    first = await submitted(prepared, clock.instant, csv_file(rows))
    second = await submitted(prepared, clock.instant, csv_file(rows[:5]))
    [claimed] = await claim(10)
    await run_claimed(claimed)
    cancelled = await service.cancel(first.id, actor=AGENCY, now=clock.instant)
    assert cancelled.state is State.CANCELLED
    real = applying.batches.register_within

    async def breaking(registerings, **rest):
        if any(each.code == code_of(3) for each in registerings):
            await fetch("SELECT 1 / 0")
        return await real(registerings, **rest)

    monkeypatch.setattr(applying.batches, "register_within", breaking)
    await drain()
    job = await service.find(second.id, AGENCY)
    assert counts(job) == {"new": 4, "unchanged": 0, "changed": 0, "refused": 1}
    assert await errors(job) == [(4, "import.row_failed", None)]
    keys = {row["key"] for row in await fetch("SELECT key FROM outbox WHERE topic = 'imports.step'")}
    assert keys == {f"imports:{zlib.crc32(AGENCY.organisation.encode()) % intake.LANES}"}


@pytest.mark.slow
@pytest.mark.timeout(1_500)
@pytest.mark.parametrize("write", [csv_file, xlsx_file])
async def test_a_hundred_thousand_rows_come_in_with_bounded_memory_and_repeat_without_change(
    prepared, clock, write, record_testsuite_property
):
    data = write([dossier_row(number) for number in range(1, ROWS + 1)])
    base, most, done = rss(), 0, []
    for expected in ("new", "unchanged"):
        begun = time.monotonic()
        job = await submitted(prepared, clock.instant, data)
        places = []
        while (found := await service.find(job.id, AGENCY)).under_way:
            for claimed in await claim(1):
                await run_claimed(claimed)
            most = max(most, rss() - base)
            places.append(found.rows_done)
        done.append(time.monotonic() - begun)
        assert counts(found)[expected] == ROWS, (found.failure, counts(found))
        # Progress is seen on the way.
        assert len(set(places)) > 20
        assert places == sorted(places)
    assert most < 150 * MIB
    assert sum(done) < 600, done
    assert await fetch_value("SELECT count(*) FROM dossier") == ROWS
    record_testsuite_property(
        "import",
        f"{write.__name__}: {ROWS} rows in {done[0]:.0f} s, again in {done[1]:.0f} s, {most / MIB:.0f} MiB more",
    )
