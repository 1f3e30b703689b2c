"""What an agency may ask for besides what came in: once, and nothing beyond the published list (R05, R06)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from postal.errors import Unprocessable
from shipments.dossiers.rules.case import CaseEvent
from shipments.dossiers.rules.dossier import Dossier
from shipments.dossiers.rules.moves import CaseKind

ANSWERS = frozenset({CaseKind.SUPPLEMENTED, CaseKind.RECEIVED})


class SupplementRequest(Struct, frozen=True, kw_only=True):
    """One request for a supplement; `ordinal` counts those of the case, and the second one is one too many."""

    row: UUID
    dossier: str
    ordinal: int
    at: datetime
    answered_at: datetime | None
    items: tuple[int, ...]
    reason: str | None
    override: bool
    decision: str | None
    authority: str
    desk: str
    procedure: str
    procedure_version: int | None
    source: str | None


def supplements_of(
    dossier: Dossier, events: Iterable[CaseEvent], sources: Mapping[UUID, str | None]
) -> tuple[SupplementRequest, ...]:
    """List the requests of a case, oldest first; the same set of events in any order gives the same list."""
    ordered = sorted({event.id: event for event in events}.values(), key=lambda event: (event.at, event.id))
    asked = [event for event in ordered if event.kind is CaseKind.SUPPLEMENT_REQUESTED]
    return tuple(
        SupplementRequest(
            row=event.id,
            dossier=dossier.code,
            ordinal=ordinal,
            at=event.at,
            answered_at=_answer(ordered, event, asked[ordinal] if ordinal < len(asked) else None),
            items=tuple(item for item in event.body.get("items") or () if isinstance(item, int)),
            reason=event.body.get("reason"),
            override=bool(event.body.get("override")),
            decision=event.body.get("decision"),
            authority=dossier.authority,
            desk=dossier.desk,
            procedure=dossier.procedure,
            procedure_version=dossier.procedure_version,
            source=sources.get(event.id),
        )
        for ordinal, event in enumerate(asked, 1)
    )


def _answer(ordered: Sequence[CaseEvent], asked: CaseEvent, following: CaseEvent | None) -> datetime | None:
    later = ordered[ordered.index(asked) + 1 : ordered.index(following) if following else None]
    return next((event.at for event in later if event.kind in ANSWERS), None)


def refuse_unlisted_items(event: CaseEvent, listed: Collection[int]) -> None:
    """Raise when a supplement asks for what is no component of the procedure version at receipt, or names none.

    A version without a list says nothing: then there is nothing to hold a request against.
    """
    items = event.body.get("items") or ()
    if event.kind is CaseKind.SUPPLEMENT_REQUESTED and listed and not items:
        raise Unprocessable(
            "case.items_missing",
            vi="Hãy chọn giấy tờ cần bổ sung trong thành phần hồ sơ của thủ tục",
            en="Choose which components of the procedure are asked for",
            pointer="/items",
            listed=sorted(listed),
        )
    beyond = sorted({item for item in items if item not in listed})
    if event.kind is CaseKind.SUPPLEMENT_REQUESTED and listed and beyond:
        named = ", ".join(str(item) for item in beyond)
        raise Unprocessable(
            "case.item_not_listed",
            vi=f"Chỉ được yêu cầu giấy tờ có trong thành phần hồ sơ của thủ tục; không có mục số {named}",
            en=f"Only components of the procedure may be asked for; it has none numbered {named}",
            pointer="/items",
            items=beyond,
            listed=sorted(listed),
        )


def refuse_far_due(due: date, latest: date) -> None:
    """Raise when a re-appointment lies beyond the last day on which it may."""
    if due > latest:
        raise Unprocessable(
            "case.due_too_far",
            vi=f"Ngày hẹn lại không được sau ngày {latest:%d/%m/%Y}",
            en=f"The new date may not lie after {latest}",
            pointer="/due",
            latest=latest.isoformat(),
        )


def refuse_unlisted_reason(event: CaseEvent, listed: Collection[str]) -> None:
    """Raise when an override gives a reason that is not on the dated list."""
    if event.body.get("override") and event.body.get("reason") not in listed:
        raise Unprocessable(
            "case.reason_unknown",
            vi="Lý do ngoại lệ không có trong danh mục lý do đang có hiệu lực",
            en="The reason of the override is not on the list in force",
            pointer="/reason",
            listed=sorted(listed),
        )
