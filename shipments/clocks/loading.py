"""What the clocks of dossiers are computed from, read for many dossiers in a constant number of statements."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from postal.calendars.repository import editions
from postal.calendars.rules import Editions
from postal.law import repository as law
from postal.law.rules import (
    Constant,
    Constants,
    Procedure,
    ProcessStep,
    TransitLimit,
    constants_among,
    in_force,
    zone_between,
)
from postal.ledger.repository import RowSet, rows_of
from postal.ledger.rules import Row
from postal.network import repository as network
from postal.network.rules import Kind, Organisation, local_day
from shipments.clocks import repository
from shipments.clocks.rules import Facts, StepLimit, Terms, marks_of
from shipments.custody.projection import fold_pieces
from shipments.custody.repository import closure
from shipments.custody.rules import Custody, Step, shared_steps
from shipments.dossiers import repository as dossiers
from shipments.dossiers.projection import undisputed
from shipments.dossiers.rules import Dossier, ServiceMode, events_of
from shipments.pieces.rules import result_code

AGENCY_KINDS = frozenset({Kind.DESK, Kind.UNIT, Kind.AUTHORITY, Kind.MINISTRY})
DEFAULT_CALENDAR = "VN-HC"


class Loaded(Struct, frozen=True):
    """One dossier with the facts and the terms of its clocks."""

    dossier: Dossier
    facts: Facts
    terms: Terms


class _Law(Struct, frozen=True):
    """Everything dated that several dossiers may need."""

    procedures: dict[str, Procedure]
    steps: dict[tuple[str, int], tuple[ProcessStep, ...]]
    constants: list[Constant]
    transit: list[TransitLimit]
    editions: dict[str, Editions]


async def load(codes: Collection[str], as_of: datetime | None = None) -> dict[str, Loaded]:
    """Load dossiers as known at `as_of`; codes that are none are left out."""
    found = await dossiers.find_many(codes)
    if not found:
        return {}
    rows = await rows_of(found)
    steps = await _steps(found, as_of)
    facts = {code: _facts(each, _undisputed(rows.get(code), as_of), steps) for code, each in found.items()}
    errors = await repository.uncertainties(
        {step.row for each in facts.values() for step in (*each.papers, *each.result)}
    )
    organisations = await network.find_many(_parties(found.values(), facts.values()))
    agencies = frozenset(code for code, each in organisations.items() if each.kind in AGENCY_KINDS)
    dated = await _dated(found.values(), organisations, as_of)
    days = {local_day(each.registered_at) for each in found.values()}
    constants = {day: constants_among(dated.constants, day) for day in days}
    loaded = {}
    for code, each in found.items():
        known = replace(facts[code], agencies=agencies, uncertainty_ms=_errors_of(facts[code], errors))
        loaded[code] = Loaded(each, known, _terms(each, known, organisations, dated, constants))
    return loaded


async def _steps(found: Collection[str], as_of: datetime | None) -> dict[str, tuple[Step, ...]]:
    pieces = [name for code in found for name in (code, result_code(code))]
    folded = await fold_pieces(await closure(pieces), as_of)
    return {code: _history(folded[code], folded) for code in pieces if code in folded}


def _history(custody: Custody, folded: Mapping[str, Custody]) -> tuple[Step, ...]:
    steps = (*custody.steps, *shared_steps(custody, folded))
    return tuple(sorted(steps, key=lambda step: (step.at, step.row)))


def _undisputed(row_set: RowSet | None, as_of: datetime | None) -> tuple[Row, ...]:
    rows = undisputed(row_set) if row_set else ()
    return tuple(row for row in rows if as_of is None or row.received_at <= as_of)


def _facts(dossier: Dossier, rows: Iterable[Row], steps: Mapping[str, tuple[Step, ...]]) -> Facts:
    return Facts(
        code=dossier.code,
        authority=dossier.authority,
        desk=dossier.desk,
        office=dossier.office,
        by_post=dossier.service_mode is not ServiceMode.SUBMIT,
        events=events_of(dossier.code, rows),
        papers=steps.get(dossier.code, ()),
        result=steps.get(result_code(dossier.code), ()),
    )


def _errors_of(facts: Facts, errors: Mapping[UUID, int]) -> dict[UUID, int]:
    return {step.row: errors[step.row] for step in (*facts.papers, *facts.result) if step.row in errors}


def _parties(found: Iterable[Dossier], facts: Iterable[Facts]) -> set[str]:
    named = {party for each in found for party in (each.desk, each.authority, each.office) if party}
    for each in facts:
        for step in (*each.papers, *each.result):
            named.update(step.claims)
            if step.organisation:
                named.add(step.organisation)
    return named


async def _dated(
    found: Iterable[Dossier], organisations: Mapping[str, Organisation], as_of: datetime | None
) -> _Law:
    listed = list(found)
    pinned = {
        (each.procedure, each.procedure_version) for each in listed if each.procedure_version is not None
    }
    versions = await law.find_versions(pinned)
    open_ended = {
        (each.procedure, local_day(each.registered_at)) for each in listed if each.procedure_version is None
    }
    current = await law.find_procedures(open_ended) if open_ended else {}
    procedures = {}
    for each in listed:
        version = each.procedure_version
        procedure = (
            versions.get((each.procedure, version))
            if version is not None
            else current.get((each.procedure, local_day(each.registered_at)))
        )
        if procedure is not None:
            procedures[each.code] = procedure
    transit = await law.all_transit_limits()
    wanted = {DEFAULT_CALENDAR, *(each.calendar for each in transit)}
    wanted |= {each.calendar for each in procedures.values()}
    wanted |= {organisations[each.desk].calendar for each in listed if each.desk in organisations}
    known = await editions(wanted)
    if as_of is not None:
        known = {code: each.upto(as_of) for code, each in known.items()}
    steps = await law.steps_of({(each.code, each.version) for each in procedures.values()})
    return _Law(procedures, steps, await law.all_constants(), transit, known)


def _terms(
    dossier: Dossier,
    facts: Facts,
    organisations: Mapping[str, Organisation],
    dated: _Law,
    constants: Mapping[date, Constants],
) -> Terms:
    procedure = dated.procedures.get(dossier.code)
    calendar = procedure.calendar if procedure else DEFAULT_CALENDAR
    desk = organisations.get(dossier.desk)
    marks = marks_of(facts)
    inbound = outbound = None
    if marks.handed_in is not None:
        inbound = _standard(
            dated.transit, organisations, marks.origin, dossier.desk, local_day(marks.handed_in.at)
        )
    if marks.collected is not None:
        outbound = _standard(
            dated.transit, organisations, dossier.desk, marks.returner, local_day(marks.collected.at)
        )
    leg = inbound or outbound
    return Terms(
        procedure=procedure,
        constants=constants[local_day(dossier.registered_at)],
        working=dated.editions[calendar].latest,
        counter=dated.editions[desk.calendar if desk else calendar].latest,
        inbound=inbound,
        outbound=outbound,
        transit=dated.editions[leg.calendar].latest if leg else None,
        editions=dated.editions,
        steps=_step_limits(procedure, dated),
    )


def _step_limits(procedure: Procedure | None, dated: _Law) -> dict[str, StepLimit]:
    """The working hours that the version of a process gives to each of its steps, by the step's name."""
    if procedure is None:
        return {}
    return {
        step.name_vi: StepLimit(hours=step.hours, citation=procedure.citation, status=procedure.status)
        for step in dated.steps.get((procedure.code, procedure.version), ())
    }


def _standard(
    standards: Iterable[TransitLimit],
    organisations: Mapping[str, Organisation],
    giver: str | None,
    receiver: str | None,
    on: date,
) -> TransitLimit | None:
    """The standard of a leg; None where a place is not known or no standard was in force."""
    ends = [organisations.get(party) if party else None for party in (giver, receiver)]
    places = [
        (end.province_code, end.unit_code) for end in ends if end and end.province_code and end.unit_code
    ]
    if len(places) < len(ends):
        return None
    (province, unit), (other_province, other_unit) = places
    zone = zone_between((str(province), str(unit)), (str(other_province), str(other_unit)))
    return next((each for each in in_force(standards, on) if each.zone is zone and not each.with_slip), None)
