"""Dossiers of another system's log, carried by post through the public API on the simulated clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.case_logs import service as case_logs
from integrations.simulation.service.client import Client, SimulationError
from integrations.simulation.service.imported import carry_imported, plan_imported

LOG = Path(__file__).parents[2].parent / "shared" / "data" / "wabo-receipt.csv"
HEADER = (
    "case:concept:name,case:startdate,case:enddate,case:deadline,case:department,"
    "concept:name,org:group,concept:instance,time:timestamp"
)
ZONE = "Europe/Amsterdam"


def a_log(folder: Path, cases: int) -> Path:
    """Write a log of cases that begin some hours apart; every fifth is still open."""
    lines = [HEADER]
    for number in range(1, cases + 1):
        started = datetime(2010, 11, 1, 7, 30, tzinfo=UTC) + timedelta(hours=5 * number)
        ended = (started + timedelta(days=1 + number % 4)).isoformat() if number % 5 else ""
        done = started + timedelta(minutes=20)
        due = started + timedelta(days=56)
        lines.append(
            f"case-{number},{started.isoformat()},{ended},{due.isoformat()},General,"
            f"Confirmation of receipt,Group 1,task-{number},{done.isoformat()}"
        )
    file = folder / "log.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.mark.parametrize("simulated", [datetime(2010, 9, 1, tzinfo=UTC)], indirect=True)
@pytest.mark.slow
async def test_imported_dossiers_are_carried_and_everything_agrees(simulated: Client, tmp_path: Path) -> None:
    profile = case_logs.load_profile("wabo")
    await case_logs.import_log(a_log(tmp_path, 30), profile, now=datetime(2010, 9, 1, tzinfo=UTC))
    carriage = await plan_imported(simulated, 1, ZONE)
    outcome = await carry_imported(simulated, carriage)
    assert outcome.played.refusals == []
    assert outcome.played.wrong_verdicts == []
    assert {subject.name: subject.wrong for subject in outcome.subjects} == {
        "holders": [],
        "classes": [],
        "times": [],
    }
    clocks = await simulated.get("/api/v1/dossiers/WABO-1/clocks", "@key:control")
    spans = {clock["clock"]: clock for clock in clocks["clocks"]}
    assert spans["C1"]["stopped"]["at"] < spans["C3"]["started"]["at"]
    assert spans["C7"]["stopped"] is not None


async def test_a_clock_that_has_passed_the_log_is_refused(simulated: Client, tmp_path: Path) -> None:
    profile = case_logs.load_profile("wabo")
    await case_logs.import_log(a_log(tmp_path, 2), profile, now=datetime(2026, 11, 15, tzinfo=UTC))
    with pytest.raises(SimulationError, match="clock-start 2010-"):
        await plan_imported(simulated, 1, ZONE)


async def test_nothing_imported_is_nothing_to_carry(simulated: Client) -> None:
    with pytest.raises(SimulationError, match="no imported dossiers"):
        await plan_imported(simulated, 1, ZONE)


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.skipif(not LOG.exists(), reason="the real log is not part of the source")
@pytest.mark.parametrize("simulated", [datetime(2010, 9, 1, tzinfo=UTC)], indirect=True)
async def test_the_real_log_is_carried_and_everything_agrees(simulated: Client) -> None:
    profile = case_logs.load_profile("wabo")
    await case_logs.import_log(LOG, profile, now=datetime(2010, 9, 1, tzinfo=UTC))
    carriage = await plan_imported(simulated, 1, ZONE)
    outcome = await carry_imported(simulated, carriage)
    assert outcome.agrees
    assert len({piece.name for piece in carriage.truth.pieces}) == 2 * 1434 + 2 * 1329
