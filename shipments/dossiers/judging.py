"""Whether an agency may state an event now: the rules, asked with what the law says of the dossier's procedure."""

from collections.abc import Sequence
from datetime import date, datetime

from postal.calendars import repository as calendars
from postal.errors import Conflict, Forbidden, NotFound
from postal.identity.rules import Actor, Role
from postal.instants import utc
from postal.law import repository as law
from postal.law.rules import Procedure
from postal.network.rules import local_day
from shipments.dossiers import papers
from shipments.dossiers.rules import CaseEvent, CaseKind, Dossier, judge, refuse_override
from shipments.dossiers.rules.supplements import refuse_far_due, refuse_unlisted_items, refuse_unlisted_reason

OVERRIDES = frozenset({"override", "extend", "any"})
"""The lists of reasons that an override may be given for."""


async def refuse(
    dossier: Dossier, events: Sequence[CaseEvent], event: CaseEvent, actor: Actor, now: datetime
) -> None:
    """Raise why an event may not stand. An import is never asked: what it brings is flagged."""
    refuse_override(event, head=Role.AGENCY_HEAD in actor.roles)
    if event.body.get("override"):
        reasons = await law.reasons_at(local_day(event.at))
        refuse_unlisted_reason(event, {each.code for each in reasons if each.applies_to in OVERRIDES})
    judge(events, event, now)
    if event.kind is CaseKind.SUPPLEMENT_REQUESTED:
        refuse_unlisted_items(event, await components_of(dossier))
    if event.kind is CaseKind.EXTENDED and event.body.get("due"):
        await _refuse_far(dossier, event)
    if event.kind is CaseKind.CLOSED:
        await papers.refuse_open_papers(dossier)


def refuse_other_agency(dossier: Dossier, actor: Actor) -> None:
    """Only the desk, the authority, the unit in charge, or who succeeded one of them, speaks for a case."""
    if not {dossier.desk, dossier.authority, dossier.unit} & actor.sees:
        raise Forbidden(
            "case.other_agency",
            vi="Chỉ cơ quan của hồ sơ được ghi sự kiện",
            en="Only the agency of a dossier may state its events",
        )


def refuse_other_content(
    earlier: CaseEvent, kind: CaseKind, at: datetime | None, body: dict[str, object]
) -> None:
    """Raise when an id that is known comes again with something else."""
    same_time = at is None or utc(at) == utc(earlier.at)
    same_body = all(earlier.body.get(name) == value for name, value in body.items())
    if kind is not earlier.kind or not same_time or not same_body:
        raise Conflict(
            "case.event_id_taken",
            vi="Mã sự kiện này đã dùng cho nội dung khác",
            en="This event id stands for another event",
            pointer="/id",
        )


async def procedure_of(dossier: Dossier) -> Procedure | None:
    """Give the version of its procedure that stays with a dossier; None for an imported one without."""
    versions = await law.list_versions(dossier.procedure)
    return next((each for each in versions if each.version == dossier.procedure_version), None)


async def components_of(dossier: Dossier) -> frozenset[int]:
    """Give the numbers of the components that the version at receipt lists."""
    if dossier.procedure_version is None:
        return frozenset()
    pair = (dossier.procedure, dossier.procedure_version)
    listed = (await law.components_of([pair])).get(pair, ())
    return frozenset(range(1, len(listed) + 1))


async def latest_day(dossier: Dossier, on: datetime) -> date | None:
    """Give the last day that a re-appointment may name, counted in working days from the promise that holds."""
    most = (await law.constants_at(local_day(on))).find("extension.max_working_days")
    procedure = await procedure_of(dossier)
    if most is None or procedure is None or dossier.due_now is None:
        return None
    try:
        time = await calendars.working_time(procedure.calendar)
    except NotFound:
        return None
    return time.add_working_days(time.local_day(dossier.due_now), int(most.value))


async def _refuse_far(dossier: Dossier, event: CaseEvent) -> None:
    latest = await latest_day(dossier, event.at)
    if latest is not None:
        refuse_far_due(local_day(datetime.fromisoformat(event.body["due"])), latest)
