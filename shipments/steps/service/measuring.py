"""How long the steps of cases took, read from their rows."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.rules import ProcessStep
from postal.ledger.repository import rows_of
from postal.network import repository as network
from shipments.clocks.loading import Loaded, load
from shipments.clocks.rules import ClockName, compute
from shipments.dossiers import repository as dossiers
from shipments.steps import repository
from shipments.steps.rules import Analysis, Planned, Proposal, Steps, StepTime, step_times, summed

SAMPLE = 200
"""Of how many dossiers, the newest, an analysis is made: it says so."""


async def steps_of(code: str, *, actor: Actor, now: datetime) -> Steps:
    """Give the steps of a case to its agencies and to inspectors; the post sees that there are none for it."""
    dossier = await dossiers.get(code, actor)
    if not (actor.reads_everything or {dossier.desk, dossier.authority, dossier.unit} & actor.sees):
        return Steps(dossier, ())
    return Steps(dossier, (await measure([code], now)).get(code, ()))


async def analysis(*, actor: Actor, procedure: str | None, authority: str | None, now: datetime) -> Analysis:
    """Sum the steps of the newest finished cases of the actor's agencies."""
    ended = await repository.newest(actor, procedure=procedure, authority=authority, limit=SAMPLE)
    times = await measure([each.code for each in ended], now)
    known = await repository.spans_among(times)
    return Analysis(
        dossiers=len(times),
        sums=summed((each.procedure, time) for each in ended for time in times.get(each.code, ())),
        proposals=proposals(times.items(), known),
    )


def proposals(
    times: Iterable[tuple[str, tuple[StepTime, ...]]], known: Collection[tuple[str, int]]
) -> tuple[Proposal, ...]:
    """List steps beyond their hours about which there is nothing yet, the longest first."""
    found = [
        Proposal(dossier=code, time=time)
        for code, each in times
        for time in each
        if time.exceeded and (code, time.ordinal) not in known
    ]
    return tuple(sorted(found, key=lambda one: (-one.time.total_us, one.dossier, one.time.ordinal)))


async def measure(codes: Collection[str], now: datetime) -> dict[str, tuple[StepTime, ...]]:
    """Measure the steps of dossiers, in a constant number of statements."""
    loaded = await load(codes)
    if not loaded:
        return {}
    pairs = {
        (each.dossier.procedure, each.dossier.procedure_version)
        for each in loaded.values()
        if each.dossier.procedure_version is not None
    }
    plans = {pair: _plan(steps) for pair, steps in (await law.steps_of(pairs)).items()}
    persons = await _persons(loaded)
    kinds = await _kinds(loaded.values())
    found = {}
    for code, each in loaded.items():
        spans = [
            clock for clock in compute(each.facts, each.terms, now).clocks if clock.clock is ClockName.STEP
        ]
        version = each.dossier.procedure_version
        plan = plans.get((each.dossier.procedure, version), ()) if version is not None else ()
        found[code] = step_times(spans, each.facts, plan, kinds, persons, now)
    return found


def _plan(steps: Iterable[ProcessStep]) -> tuple[Planned, ...]:
    return tuple(
        Planned(
            number=number,
            name_vi=step.name_vi,
            name_en=step.name_en,
            hours=step.hours,
            unit_kind=str(step.unit_kind),
        )
        for number, step in enumerate(steps, 1)
    )


async def _persons(codes: Collection[str]) -> dict[UUID, str | None]:
    sets = await rows_of(codes)
    return {row.content.id: row.content.person for each in sets.values() for row in each.rows}


async def _kinds(loaded: Iterable[Loaded]) -> dict[str, str]:
    parties: set[str] = set()
    for each in loaded:
        parties |= {each.dossier.desk, each.dossier.authority}
        parties |= {str(event.body["unit"]) for event in each.facts.events if event.body.get("unit")}
    return {code: each.kind.value for code, each in (await network.find_many(parties)).items()}
