"""What an agency may state now: an event is refused when folding it in would raise a flag."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from postal.errors import Conflict, Forbidden, Unprocessable
from shipments.dossiers.rules.case import Case, CaseEvent, Flag, fold
from shipments.dossiers.rules.dossier import Line
from shipments.dossiers.rules.moves import FALLBACK, CaseKind, Status

TOLERANCE = timedelta(minutes=5)
"""How far ahead of us an agency's clock may be."""


ONCE_ONLY = frozenset({"case.second_supplement", "case.second_extension"})
"""What happens once to a case; the head of the agency may let it happen again, which stays flagged."""


class Whereabouts(Struct, frozen=True):
    """What custody knows of a piece at closing time: is it with the citizen, and how many originals went with it."""

    known: bool = False
    delivered: bool = False
    returned: bool = False
    originals: int | None = None
    incident: bool = False


def judge(events: Sequence[CaseEvent], event: CaseEvent, now: datetime) -> Case:
    """Give the case with the event folded in, or raise why the event may not stand."""
    if event.at > now + TOLERANCE:
        raise Unprocessable(
            "case.in_the_future",
            vi="Thời điểm của sự kiện ở tương lai",
            en="The event lies in the future",
            pointer="/occurred_at",
        )
    before = {(flag.event, flag.code) for flag in fold(events).flags}
    case = fold([*events, event])
    for flag in case.flags:
        if (flag.event, flag.code) not in before and not _allowed_by_the_head(flag, event):
            raise _refusal(flag, event)
    _refuse_earlier_due(fold([earlier for earlier in events if earlier.at <= event.at]), event)
    return case


def refuse_override(event: CaseEvent, *, head: bool) -> None:
    """Raise when somebody else than the head of the agency overrides, or without a reason."""
    if not event.body.get("override"):
        return
    if not head:
        raise Forbidden(
            "case.override_needs_head",
            vi="Chỉ lãnh đạo cơ quan được cho phép ngoại lệ",
            en="Only the head of the agency may override",
        )
    if not event.body.get("reason"):
        raise Unprocessable(
            "case.reason_missing",
            vi="Ngoại lệ phải nêu lý do",
            en="An override needs its reason",
            pointer="/reason",
        )
    if not event.body.get("decision"):
        raise Unprocessable(
            "case.decision_missing",
            vi="Ngoại lệ phải nêu số văn bản cho phép của lãnh đạo",
            en="An override needs the number of the head's decision",
            pointer="/decision",
        )


def _allowed_by_the_head(flag: Flag, event: CaseEvent) -> bool:
    said = event.body
    named = said.get("override") and said.get("reason") and said.get("decision")
    return flag.event == event.id and flag.code in ONCE_ONLY and bool(named)


def refuse_closing(
    status: Status,
    lines: Sequence[Line],
    dossier: Whereabouts,
    result: Whereabouts,
    *,
    stated: Collection[int] = (),
    wanted: Collection[str] = (),
) -> None:
    """Raise while an original has not come back, the result is on its way, or old papers are `wanted` back."""
    missing = unreturned(lines, dossier, result, stated)
    if missing:
        raise Conflict(
            "case.originals_outstanding",
            vi="Còn bản chính chưa trả cho người dân",
            en="Originals have not come back to the citizen",
            lines=[{"number": line.number, "copies": line.copies} for line in missing],
        )
    if (
        status is Status.DONE
        and result.known
        and not (result.delivered or result.returned or result.incident)
    ):
        raise Conflict(
            "case.result_outstanding",
            vi="Kết quả chưa được trả hoặc chuyển hoàn",
            en="The result is neither delivered nor returned",
        )
    if wanted:
        raise Conflict(
            "case.old_papers_outstanding",
            vi="Giấy tờ cũ cần thu hồi chưa về cơ quan; hãy thu về hoặc miễn thu hồi",
            en="Old papers have not come back to the agency; bring them in or waive them",
            papers=sorted(wanted),
        )


def unreturned(
    lines: Sequence[Line], dossier: Whereabouts, result: Whereabouts, stated: Collection[int] = ()
) -> tuple[Line, ...]:
    """List the originals that neither came back nor are the matter of an open incident.

    Papers come back with the dossier itself, or with the result when the delivery counted at least as many originals;
    where it counted fewer, the lines that did are `stated` by number.
    """
    due = tuple(line for line in lines if line.must_return)
    if dossier.delivered or dossier.incident or result.incident:
        return ()
    owed = sum(line.copies for line in due)
    if result.delivered and result.originals is not None and result.originals >= owed:
        return ()
    return tuple(line for line in due if line.number not in stated)


def _refuse_earlier_due(before: Case, event: CaseEvent) -> None:
    due = event.body.get("due")
    if due is None:
        return
    promised = datetime.fromisoformat(due)
    if promised < event.at or (
        event.kind is CaseKind.EXTENDED and before.due_now and promised <= before.due_now
    ):
        raise Unprocessable(
            "case.due_not_later",
            vi="Ngày hẹn phải sau thời điểm hiện tại và sau ngày hẹn cũ",
            en="The promised time must lie after the event and after the earlier promise",
            pointer="/due",
        )


def _refusal(flag: Flag, event: CaseEvent) -> Conflict:
    told: dict[str, Any] = {
        "pointer": "/kind",
        "from": flag.status.value,
        "to": FALLBACK.get(flag.kind, flag.status).value,
        "allowed": [kind.value for kind in flag.allowed],
    }
    if flag.event != event.id:
        told["event"] = str(flag.event)
    return _once_only(flag.code, told) or _out_of_order(flag, told)


def _once_only(code: str, told: dict[str, Any]) -> Conflict | None:
    if code == "case.second_supplement":
        return Conflict(
            "case.second_supplement",
            vi="Chỉ được yêu cầu bổ sung một lần; lần sau cần lãnh đạo cho phép, nêu lý do và số văn bản",
            en="Only one supplement may be asked; another needs the head of the agency, a reason and a decision",
            **told,
        )
    if code == "case.second_extension":
        return Conflict(
            "case.second_extension",
            vi="Chỉ được hẹn lại một lần; lần sau cần lãnh đạo cho phép, nêu lý do và số văn bản",
            en="A case may be extended only once; another needs the head of the agency, a reason and a decision",
            **told,
        )
    if code == "case.apology_missing":
        return Conflict(
            "case.apology_missing",
            vi="Gia hạn phải kèm văn bản xin lỗi",
            en="An extension needs its letter of apology",
            **told,
        )
    return None


def _out_of_order(flag: Flag, told: dict[str, Any]) -> Conflict:
    if flag.code == "case.registered_again":
        return Conflict(
            "case.registered_again",
            vi="Hồ sơ đã đăng ký",
            en="The dossier is registered already",
            **told,
        )
    if flag.code == "case.before_registration":
        return Conflict(
            "case.before_registration",
            vi="Sự kiện trước khi đăng ký hồ sơ",
            en="The event lies before the registration",
            **told,
        )
    return Conflict(
        "case.move_not_allowed",
        vi=f"Trạng thái {flag.status.value} của hồ sơ không cho phép bước này",
        en=f"Status {flag.status.value} of the case does not allow this",
        **told,
    )
