"""What the steps of a finished case add to sums; equal cases give equal sums, in any order."""

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from postal.network.rules import local_day
from shipments.dossiers.rules import Dossier
from shipments.figures.rules import bucket_of
from shipments.steps.rules.times import SECOND_US, Basis, StepTime

CASE = -1
"""The number under which cases themselves are counted."""

UNPLANNED = 0


class StepPart(Struct, frozen=True, kw_only=True, order=True):
    """What one step adds, or the case itself; the unknown is empty, or 0 for a version."""

    dossier: str
    ordinal: int
    authority: str
    desk: str
    unit: str
    procedure: str
    version: int
    ended_at: datetime
    month: date
    number: int
    name: str = ""
    party: str = ""
    bucket: int = 0
    waiting_us: int = 0
    worked_us: int = 0
    exceeded: int = 0
    unseen: int = 0


def counts(dossier: Dossier) -> bool:
    """Tell whether a case takes part: it was received, and it is over."""
    return dossier.ended_at is not None and dossier.received_at is not None


def parts_of(dossier: Dossier, times: Iterable[StepTime]) -> tuple[StepPart, ...]:
    """Give what a case adds: itself and each finished step, in the month in which the case ended."""
    if dossier.ended_at is None or not counts(dossier):
        return ()
    case = StepPart(
        dossier=dossier.code,
        ordinal=-1,
        authority=dossier.authority,
        desk=dossier.desk,
        unit=dossier.unit or "",
        procedure=dossier.procedure,
        version=dossier.procedure_version or 0,
        ended_at=dossier.ended_at,
        month=local_day(dossier.ended_at).replace(day=1),
        number=CASE,
    )
    return (case, *(_part(case, time) for time in times if time.stopped_at is not None))


def _part(case: StepPart, time: StepTime) -> StepPart:
    return StepPart(
        dossier=case.dossier,
        ordinal=time.ordinal,
        authority=case.authority,
        desk=case.desk,
        unit=case.unit,
        procedure=case.procedure,
        version=case.version,
        ended_at=case.ended_at,
        month=case.month,
        number=time.planned.number if time.planned else UNPLANNED,
        name="" if time.planned else time.step or "",
        party=time.party or "",
        bucket=bucket_of(time.total_us // SECOND_US),
        waiting_us=time.waiting_us,
        worked_us=time.worked_us,
        exceeded=int(time.exceeded),
        unseen=int(time.basis is Basis.UNSEEN),
    )
