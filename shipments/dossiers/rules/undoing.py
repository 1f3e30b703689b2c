"""Which statements about a case its agency may take back, and until when. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from postal.errors import Conflict, Forbidden, NotFound
from shipments.dossiers.rules.case import CaseEvent
from shipments.dossiers.rules.moves import CaseKind

UNDO_WITHIN = timedelta(minutes=15)
"""A slip of the hand is seen at once; later the statement has been relied on."""

UNDOABLE = frozenset({CaseKind.COMPLETED, CaseKind.RESULT_AT_DESK})
"""What binds nobody until the result moves. All else begins or stops a legal limit, or told the citizen to act."""


def may_undo_until(event: CaseEvent) -> datetime | None:
    """Give until when an event may be taken back; None where it never may."""
    return event.at + UNDO_WITHIN if event.kind in UNDOABLE else None


def refuse_undo(
    events: Sequence[CaseEvent], target: UUID, sees: Collection[str], now: datetime, *, moved: bool
) -> CaseEvent:
    """Give the event that is to be taken back, or raise why it may not be; `moved` tells that the result has."""
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    event = next((each for each in ordered if each.id == target), None)
    if event is None:
        raise NotFound(
            "case.event_not_found", vi="Hồ sơ không có sự kiện này", en="The case has no such event"
        )
    if event.organisation not in sees:
        raise Forbidden(
            "case.undo_other", vi="Chỉ đơn vị đã ghi được hoàn tác", en="Only who stated it may take it back"
        )
    if event.kind not in UNDOABLE:
        raise Conflict(
            "case.not_undoable",
            vi="Việc này không hoàn tác được; hãy ghi sự kiện tiếp theo đúng với thực tế",
            en="This cannot be taken back; state what follows as it is",
            kind=event.kind.value,
        )
    if now > event.at + UNDO_WITHIN:
        raise Conflict(
            "case.undo_too_late",
            vi=f"Đã quá {UNDO_WITHIN // timedelta(minutes=1)} phút, không hoàn tác được nữa",
            en=f"More than {UNDO_WITHIN // timedelta(minutes=1)} minutes have passed; it stands",
        )
    if event.id != ordered[-1].id:
        raise Conflict(
            "case.undo_not_last",
            vi="Hồ sơ đã có sự kiện sau đó; không hoàn tác được",
            en="The case has gone on since; it stands",
        )
    if moved:
        raise Conflict(
            "case.undo_result_moved",
            vi="Kết quả đã được giao đi hoặc nằm trong bảng kê; không hoàn tác được",
            en="The result has left or is on a manifest; it stands",
        )
    return event
