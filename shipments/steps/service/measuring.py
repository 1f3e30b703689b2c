"""How long the steps of cases took, read from their rows."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.rules import ProcessStep
from postal.ledger.repository import rows_of
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.clocks.loading import Loaded, load
from shipments.clocks.rules import ClockName, compute
from shipments.dossiers import repository as dossiers
from shipments.figures.rules.summary import months_between
from shipments.steps import repository
from shipments.steps.repository import Asked, StoredSum
from shipments.steps.rules import Analysis, Planned, Proposal, Steps, StepSum, StepTime, step_times

MOST_SUMS, SHOWN = 300, 50


async def steps_of(code: str, *, actor: Actor, now: datetime) -> Steps:
    """Give the steps of a case to its agencies and to inspectors; the post sees that there are none for it."""
    dossier = await dossiers.get(code, actor)
    if not (actor.reads_everything or {dossier.desk, dossier.authority, dossier.unit} & actor.sees):
        return Steps(dossier, ())
    return Steps(dossier, (await measure([code], now)).get(code, ()))


async def analysis(
    *,
    actor: Actor,
    procedure: str | None = None,
    authority: str | None = None,
    begin: date | None = None,
    end: date | None = None,
    now: datetime,
) -> Analysis:
    """Read the steps of all cases of the actor's agencies that ended in some months; the last twelve unless said.

    Sums alone are read, so it takes the same at any number of cases.
    """
    asked = asked_of(procedure, authority, begin, end, now)
    read = await repository.sums(actor, asked, MOST_SUMS)
    pairs = {(each.procedure, each.version) for each in read.found if each.number}
    plans = {pair: _plan(steps) for pair, steps in (await law.steps_of(pairs)).items()}
    return Analysis(
        begin=asked.begin,
        end=asked.end,
        whole=actor.reads_everything and authority is None,
        dossiers=read.cases,
        groups=read.groups,
        sums=tuple(_named(each, plans.get((each.procedure, each.version), ())) for each in read.found),
        proposals=await proposals(actor, asked, None, SHOWN, now),
    )


async def proposals(
    actor: Actor, asked: Asked, after: tuple[datetime, str, int] | None, limit: int, now: datetime
) -> tuple[Proposal, ...]:
    """List steps beyond their hours about which nothing was ever opened, those of the newest cases first."""
    slow = await repository.exceeded(actor, asked, after, limit)
    times = await measure({each.dossier for each in slow}, now)
    by_number = {(code, time.ordinal): time for code, each in times.items() for time in each}
    return tuple(
        Proposal(dossier=each.dossier, ended_at=each.ended_at, time=by_number[each.dossier, each.ordinal])
        for each in slow
        if (each.dossier, each.ordinal) in by_number
    )


def asked_of(
    procedure: str | None, authority: str | None, begin: date | None, end: date | None, now: datetime
) -> Asked:
    """Say which cases are meant; the months are the last twelve unless said."""
    first, following = months_between(begin, end, local_day(now))
    return Asked(begin=first, end=following, procedure=procedure, authority=authority)


def _named(found: StoredSum, plan: Sequence[Planned]) -> StepSum:
    """Say what a sum is about by the process of its version."""
    planned = next((each for each in plan if each.number == found.number), None)
    return StepSum(
        procedure=found.procedure,
        version=found.version or None,
        number=found.number or None,
        name_vi=planned.name_vi if planned else found.name,
        name_en=planned.name_en if planned else found.name,
        party=found.party or None,
        hours=planned.hours if planned else None,
        n=found.n,
        waiting_us=found.waiting_us,
        worked_us=found.worked_us,
        exceeded=found.exceeded,
        unseen=found.unseen,
        spread=found.spread,
    )


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
