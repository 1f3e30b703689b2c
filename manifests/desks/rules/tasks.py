"""What a desk has to do, in the order of what must be done first. Pure."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from postal.instants import Instant
from shipments.dossiers.rules import CaseKind, Status


class Task(StrEnum):
    """Why a dossier is on the list; a dossier is there once, for the most urgent reason."""

    OVERDUE = "overdue"
    """Past its legal limit, and nobody has apologised."""
    TODAY = "today"
    NEAR = "near"
    ANSWERED = "answered"
    """What was asked for came in, and the work waits to go on."""
    ARRIVED = "arrived"
    """The papers are at the desk and nobody has taken the dossier in."""
    READY = "ready"
    """The result waits for the post and is on no manifest."""
    LATE = "late"
    """Past its limit with an apology."""
    WAITING = "waiting"
    """It waits for the citizen: nothing to do, only to know."""
    RUNNING = "running"


TO_DO = (Task.OVERDUE, Task.TODAY, Task.NEAR, Task.ANSWERED, Task.ARRIVED, Task.READY, Task.LATE)
"""What stands on today's list, in its order; the others only where they are asked for."""

RANK = {task: place for place, task in enumerate(Task)}


class Place(Struct, frozen=True):
    """Where a page of the list ended."""

    task: Task
    at: Instant
    dossier: str


class Job(Struct, frozen=True, kw_only=True):
    """One row of the list: what, until when, and whose step holds it."""

    task: Task
    dossier: str
    at: Instant
    """What the task is ordered by: the due instant, or since when it waits."""
    procedure: str
    status: int
    due: Instant | None
    due_extended: Instant | None
    holder: str | None
    on_manifest: str | None = None


class Next(Struct, frozen=True):
    """The one thing to do with a dossier now: what to call it, and where to do it."""

    vi: str
    en: str
    address: str


def next_of(task: Task, status: int, dossier: str) -> Next:
    """Give the next thing to do with a dossier that is on the list for a reason."""
    here = f"/desk/dossiers/{dossier}"
    if task is Task.OVERDUE:
        return Next("Xin lỗi và hẹn lại", "Apologise, set a new date", f"/dossiers/{dossier}/apology")
    if task is Task.READY:
        return Next("Xếp vào bảng kê", "Put it on a manifest", "/desk/pickups")
    if status == Status.REGISTERED:
        return Next("Tiếp nhận", "Take it in", f"{here}#form-received")
    if task is Task.WAITING and status == Status.SUPPLEMENT:
        return Next("Ghi nhận bổ sung", "Enter what came in", f"{here}#form-supplemented")
    if task is Task.WAITING and status == Status.FEE:
        return Next("Ghi nhận đã nộp phí", "Enter the fee", f"{here}#form-fee_paid")
    if status == Status.RECEIVED:
        return Next("Chuyển xử lý", "Pass it on", f"{here}#form-transferred")
    if status == Status.WITHDRAWAL:
        return Next("Giải quyết đề nghị rút", "Decide on the withdrawal", here)
    return Next("Xử lý và hoàn thành", "Work on it and complete it", f"{here}#next")


BULK: dict[Task, tuple[CaseKind, ...]] = {
    Task.ARRIVED: (CaseKind.RECEIVED,),
    Task.READY: (CaseKind.RESULT_AT_DESK,),
    Task.ANSWERED: (CaseKind.COMPLETED,),
    Task.OVERDUE: (CaseKind.COMPLETED,),
    Task.TODAY: (CaseKind.COMPLETED,),
    Task.NEAR: (CaseKind.COMPLETED,),
    Task.LATE: (CaseKind.COMPLETED,),
    Task.RUNNING: (CaseKind.COMPLETED,),
}
"""What may be stated of many dossiers at once, by why they are on the list."""

MOST_AT_ONCE = 200


def tasks_from(wanted: Task | None, after: Place | None) -> tuple[Task, ...]:
    """List the tasks that a page still has to read, in their order."""
    listed = (wanted,) if wanted else TO_DO
    if after is None:
        return listed
    return tuple(task for task in listed if RANK[task] >= RANK[after.task])


def starts_at(task: Task, after: Place | None) -> tuple[datetime, str] | None:
    """Give where in the order of one task a page goes on."""
    return (after.at, after.dossier) if after is not None and after.task is task else None
