"""Reading a dossier: what each kind of caller gets to see of it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict

from postal.audit import looks
from postal.identity.rules import Actor, Role
from postal.law.rules import Procedure
from shipments.dossiers import projection, repository
from shipments.dossiers.judging import procedure_of
from shipments.dossiers.repository import Filter
from shipments.dossiers.rules import Applicant, Case, CaseEvent, CaseKind, Dossier, Line, allowed_from, fold

DELIVERS = frozenset({Role.CLERK, Role.COURIER, Role.POST_DESK, Role.SUPERVISOR})


class Reading(Struct, frozen=True, kw_only=True):
    """A dossier with what the caller may know of it; what may not be known is None."""

    dossier: Dossier
    procedure: Procedure | None
    lines: tuple[Line, ...]
    applicant: Applicant | None
    events: tuple[CaseEvent, ...] | None
    case: Case
    allowed: tuple[CaseKind, ...]


async def read(code: str, actor: Actor, *, stated: bool = False) -> Reading:
    """Read a dossier as far as the actor may; that the actor is shown whose it is, is noted.

    The post sees who, where and which papers; the course of the case is for its agencies and for inspectors. Who has
    just `stated` whose dossier it is learns nothing by the answer.
    """
    dossier = await repository.get(code, actor)
    agency = bool({dossier.desk, dossier.authority, dossier.unit} & actor.sees)
    events = await projection.events(code)
    case = fold(events)
    allowed = allowed_from(case.status, withdrawn=case.withdrawn, closed=case.closed_at is not None)
    personal = (
        agency
        or bool(DELIVERS & actor.roles)
        or (dossier.office in actor.sees and Role.SYSTEM in actor.roles)
    )
    applicant = await repository.find_applicant(code) if personal else None
    if not stated:
        looks.note([code], shown_of(applicant))
    return Reading(
        dossier=dossier,
        procedure=await procedure_of(dossier),
        lines=await repository.list_lines(code),
        applicant=applicant,
        events=events if agency or actor.reads_everything else None,
        case=case,
        allowed=allowed if agency else (),
    )


def shown_of(applicant: Applicant | None) -> set[str]:
    """Name the sorts of personal data that are held of an applicant; type and number of a paper are its identity."""
    return (
        {name.partition("_")[0] for name, value in asdict(applicant).items() if value} if applicant else set()
    )


async def page_of(
    actor: Actor, wanted: Filter, after: tuple[datetime, str] | None, limit: int
) -> list[Dossier]:
    """List the dossiers that the actor may see, newest first."""
    return await repository.list_dossiers(actor, wanted, after, limit)
