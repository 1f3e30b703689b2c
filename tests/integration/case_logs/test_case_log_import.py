"""Importing a case log: the real one whole, and files as bad as they come."""

from datetime import timedelta
from pathlib import Path

import pytest

from integrations.case_logs import repository, service
from postal.db import fetch, fetch_value
from postal.errors import BadInput
from postal.identity.rules import Role
from postal.outbox.service import drain
from tests.factories.identity import headers

LOG = Path(__file__).parents[3].parent / "shared" / "data" / "wabo-receipt.csv"
HEADER = (
    "case:concept:name,case:startdate,case:enddate,case:deadline,case:department,"
    "concept:name,org:group,concept:instance,time:timestamp"
)
GOOD = (
    "case-1,2011-03-01 10:00:00+01:00,2011-03-04 10:00:00.5+01:00,2011-04-26 10:00:00+02:00,General,"
    "Confirmation of receipt,Group 1,task-1,2011-03-01 10:05:00+01:00"
)
NEXT = GOOD.replace("task-1", "task-2").replace("10:05:00+01:00", "11:05:00.123456+01:00")


@pytest.fixture
def wabo():
    return service.load_profile("wabo")


def write(folder, *lines, encoding="utf-8", end="\n"):
    file = folder / "log.csv"
    file.write_bytes(("\n".join((HEADER, *lines)) + end).encode(encoding))
    return file


async def count(table: str) -> int:
    return await fetch_value(f"SELECT count(*) FROM {table}")


async def test_good_rows_come_in_and_repeating_changes_nothing(database, clock, wabo, tmp_path):
    file = write(tmp_path, GOOD, NEXT)
    first = await service.import_log(file, wabo, now=clock.instant)
    assert (first.dossiers_new, first.events_new, first.refused) == (1, 4, ())
    ledger = await fetch("SELECT ledger::text FROM ledger ORDER BY id")
    clock.advance(timedelta(days=1))
    second = await service.import_log(file, wabo, now=clock.instant)
    assert (second.dossiers_new, second.events_new) == (0, 0)
    assert await fetch("SELECT ledger::text FROM ledger ORDER BY id") == ledger
    assert await count("ledger_dispute") == 0
    assert await count("import_run WHERE finished_at IS NOT NULL") == 2


async def test_a_longer_file_adds_only_what_is_new(database, clock, wabo, tmp_path):
    await service.import_log(write(tmp_path, GOOD), wabo, now=clock.instant)
    report = await service.import_log(write(tmp_path, GOOD, NEXT), wabo, now=clock.instant)
    assert (report.dossiers_new, report.events_new) == (0, 1)
    assert await count("ledger_dispute") == 0


@pytest.mark.parametrize(
    ("change", "encoding"),
    [
        (lambda text: text, "utf-8-sig"),
        (lambda text: text.replace(",", ";"), "utf-8"),
        (lambda text: text.replace("\n", "\r\n"), "utf-8"),
        (lambda text: text.replace(",", "\t"), "latin-1"),
    ],
)
async def test_files_of_every_make_are_read(database, clock, wabo, tmp_path, change, encoding):
    file = tmp_path / "log.csv"
    text = change("\n".join((HEADER + ",note", GOOD + ",Zuidoost é", "")))
    file.write_bytes(text.encode(encoding))
    report = await service.import_log(file, wabo, now=clock.instant)
    assert (report.taken, report.refused) == (1, ())


async def test_each_bad_row_is_named_and_the_good_ones_come_in(database, clock, wabo, tmp_path):
    file = write(
        tmp_path,
        GOOD,
        GOOD,
        "case-2,yesterday,,,General,Confirmation of receipt,Group 1,task-3,2011-03-01 10:05:00+01:00",
        NEXT.replace("11:05:00.123456+01:00", "11:05:00"),
        NEXT.replace("General", "Aliens"),
        NEXT.replace("Confirmation of receipt", "Dancing"),
        NEXT.replace("2011-04-26", "2011-04-27"),
        NEXT.replace("case-1", "Müller"),
        '"' + NEXT,
        NEXT,
        NEXT[:60],
        end="",
    )
    report = await service.import_log(file, wabo, now=clock.instant)
    assert [(refusal.line, refusal.column, refusal.code) for refusal in report.refused] == [
        (4, "case:startdate", "row.time"),
        (5, "time:timestamp", "row.time_zone"),
        (6, "case:department", "row.procedure"),
        (7, "concept:name", "row.activity"),
        (8, "case:concept:name", "row.case_differs"),
        (9, "case:concept:name", "row.case_code"),
        (10, None, "row.torn"),
        (12, None, "row.torn"),
    ]
    assert (report.taken, report.duplicates, report.events_new) == (2, 1, 4)
    kept = await fetch_value("SELECT errors::text FROM import_run")
    assert "row.torn" in kept
    assert "Müller" not in kept


async def test_a_file_without_the_columns_is_refused_whole(database, clock, wabo, tmp_path):
    file = tmp_path / "log.csv"
    for text in ("", "a,b\n1,2\n"):
        file.write_text(text)
        with pytest.raises(BadInput) as caught:
            await service.import_log(file, wabo, now=clock.instant)
        assert caught.value.code == "log.columns"
    assert await count("import_run") == 0


async def test_a_survey_says_the_same_and_writes_nothing(database, clock, wabo, tmp_path):
    file = write(tmp_path, GOOD, NEXT, NEXT[:50])
    report = service.survey(file, wabo)
    assert (report.dry_run, report.dossiers, report.events, len(report.refused)) == (True, 1, 4, 1)
    assert await count("ledger") == 0
    assert await count("import_run") == 0


async def test_an_interrupted_import_goes_on_where_it_stopped(database, clock, wabo, tmp_path, monkeypatch):
    lines = [GOOD.replace("case-1,", f"case-{number},") for number in range(1, 8)]
    file = write(tmp_path, *lines)
    monkeypatch.setattr(service, "BATCH", 2)

    class Pulled(Exception):
        """The plug."""

    def pull(done, total):
        if done >= 4:
            raise Pulled

    with pytest.raises(Pulled):
        await service.import_log(file, wabo, now=clock.instant, progress=pull)
    assert await count("dossier") == 4
    report = await service.import_log(file, wabo, now=clock.instant)
    assert report.resumed_after_line == 5
    assert (report.dossiers_new, await count("dossier"), await count("import_run")) == (7, 7, 1)
    assert await repository.find_unfinished("wabo", b"") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "import.profile_unknown"),
        ("log = ", "import.profile_invalid"),
        ('log = "x1"\nunknown = 1', "import.profile_invalid"),
    ],
)
def test_a_profile_that_is_wrong_is_named(tmp_path, text, code):
    name = "nowhere"
    if text is not None:
        (tmp_path / "own.toml").write_text(text)
        name = str(tmp_path / "own.toml")
    with pytest.raises(BadInput) as caught:
        service.load_profile(name)
    assert caught.value.code == code


def test_another_log_needs_another_file_and_no_code(tmp_path):
    text = (Path(service.__file__).parent / "profiles" / "wabo.toml").read_text()
    own = tmp_path / "other.toml"
    own.write_text(text.replace('log = "wabo"', 'log = "other"').replace("case:startdate", "begun"))
    profile = service.load_profile(str(own))
    assert profile.log == "other"
    assert "begun" in profile.columns


@pytest.mark.skipif(not LOG.exists(), reason=f"the real log is not at {LOG}")
@pytest.mark.slow
async def test_the_real_log_comes_in_whole_and_its_lead_times_are_those_of_the_log(client, clock, wabo):
    report = await service.import_log(LOG, wabo, now=clock.instant)
    assert (report.rows, report.refused, report.duplicates) == (8577, (), 0)
    assert (report.dossiers_new, report.events_new) == (1434, 1434 + 1329 + 8577)
    assert (report.open_dossiers, report.ended_after_due) == (105, 377)
    assert report.before_start == ("WABO-4677", "WABO-5704")
    assert report.ended_before_start == ("WABO-10862", "WABO-8267")
    again = await service.import_log(LOG, wabo, now=clock.instant)
    assert (again.dossiers_new, again.events_new) == (0, 0)
    assert await drain() > 0
    control = await headers("WABO", Role.DESK, now=clock.instant)
    answer = (await client.get("/api/v1/lead-times?clock=C3&by=procedure", headers=control)).json()
    total = {
        name: sum(group[name] for group in answer["groups"]) for name in ("n", "on_time", "late", "open")
    }
    # Two of the 1,329 ended cases ended before they began: their spans cannot be measured.
    assert total == {"n": 1327, "on_time": 950, "late": 377, "open": 107}
