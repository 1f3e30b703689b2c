"""Requests of data subjects: what may follow what, by when, and what the law still keeps. Pure."""

import re
from calendar import isleap
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from postal.calendars.rules import Limit, Unit, WorkingTime, due_of
from postal.errors import Conflict, Unprocessable
from postal.instants import Instant
from postal.law.rules import Constants
from postal.ledger.rules import Row

RECEIVED = "privacy.received"
VERIFIED = "privacy.verified"
REFUSED = "privacy.refused"
DONE = "privacy.done"

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE = re.compile(r"DL-[0-9]{6}-[A-HJ-NP-Z2-9]{6}")


class Kind(StrEnum):
    """What a person asks for."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"


class State(StrEnum):
    """How far it is. `partly` is done as far as the law allows."""

    RECEIVED = "received"
    VERIFIED = "verified"
    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"


class Request(Struct, frozen=True, kw_only=True):
    """One request as its records leave it; `identity` is the kind of paper that was shown, never its number."""

    code: str
    kind: Kind
    dossier: str
    organisation: str
    state: State
    received_at: Instant
    reply_due: Instant
    due: Instant
    verified_at: Instant | None = None
    ended_at: Instant | None = None
    identity: str | None = None
    reason: str | None = None
    person: str | None = None
    late: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


class Retention(Struct, frozen=True, kw_only=True):
    """Until when the law keeps what the post holds of a dossier, and where that stands."""

    accepted_on: date
    kept_until: date
    citation: str
    status: str

    def over_on(self, day: date) -> bool:
        """Tell whether nothing is kept by law any more."""
        return day >= self.kept_until


_OPEN = frozenset({State.RECEIVED, State.VERIFIED})
MOVES: dict[str, frozenset[State]] = {
    VERIFIED: frozenset({State.RECEIVED}),
    REFUSED: _OPEN,
    DONE: frozenset({State.VERIFIED}),
}
"""From which states each record moves a request."""


def is_request(code: str) -> bool:
    """Tell by its form whether a code names a request."""
    return _CODE.fullmatch(code) is not None


def new_code(day: date, choose: Callable[[str], str]) -> str:
    """Make a code; `choose` picks a letter at random."""
    return f"DL-{day:%y%m%d}-" + "".join(choose(ALPHABET) for _ in range(6))


def dues_of(
    time: WorkingTime, received_at: datetime, kind: Kind, constants: Constants
) -> tuple[datetime, datetime]:
    """Reckon by when it must be replied to, and by when it must be done."""
    unit = Unit.WORKING_DAYS if constants["privacy.working_days"].value else Unit.DAYS
    reply = Limit(constants.number("privacy.reply_days"), Unit.WORKING_DAYS)
    done = Limit(constants.number(f"privacy.{kind.value}_days"), unit)
    return due_of(time, received_at, reply), due_of(time, received_at, done)


def retention_of(accepted_on: date, constants: Constants) -> Retention:
    """Tell until when the law keeps what is held in electronic form."""
    rule = constants["retention.electronic_years"]
    return Retention(
        accepted_on=accepted_on,
        kept_until=_years_later(accepted_on, int(rule.value)),
        citation=rule.citation,
        status=rule.status.value,
    )


def refuse_kept(retention: Retention, today: date, names: Iterable[str]) -> None:
    """Raise when the law still keeps what should be erased."""
    if not retention.over_on(today):
        until = retention.kept_until
        raise Unprocessable(
            "privacy.kept_by_law",
            vi=f"Pháp luật yêu cầu lưu dữ liệu gửi nhận hồ sơ đến ngày {until:%d/%m/%Y} ({retention.citation}); "
            "chỉ xóa được phần không phải lưu, hãy chọn xóa một phần",
            en=f"The law keeps the data of the service until {until:%d/%m/%Y} ({retention.citation}); "
            "what need not be kept can be erased now: ask for a partial erasure",
            kept_until=until.isoformat(),
            kept=sorted(names),
        )


def refuse_move(request: Request, kind: str, of: Kind | None = None) -> None:
    """Raise when a request is not where this could be done to it."""
    if request.state not in MOVES[kind]:
        verb = ("xác minh người yêu cầu trước", "identify who asks first")
        over = ("yêu cầu này đã kết thúc", "this request has ended")
        vi, en = verb if request.state is State.RECEIVED else over
        raise Conflict(
            "privacy.state",
            vi=f"Chưa làm được: {vi}",
            en=f"This cannot be done now: {en}",
            state=request.state.value,
        )
    if of is not None and request.kind is not of:
        raise Conflict(
            "privacy.kind",
            vi="Yêu cầu này không phải loại đó; hãy lập yêu cầu mới",
            en="The request asks for something else; take another one",
            kind=request.kind.value,
        )


def fold_request(code: str, rows: Iterable[Row]) -> Request | None:
    """Fold one request from the set of its records; None without its beginning."""
    ordered = sorted(
        (row for row in rows if row.content.code == code and row.content.kind in {RECEIVED, *MOVES}),
        key=lambda row: (row.content.kind != RECEIVED, row.corrected_at, row.content.id),
    )
    if not ordered or ordered[0].content.kind != RECEIVED:
        return None
    request = _begun(code, ordered[0])
    for row in ordered[1:]:
        request = _moved(request, row)
    return request


def _begun(code: str, row: Row) -> Request:
    body = row.content.body
    return Request(
        code=code,
        kind=Kind(body["kind"]),
        dossier=body["dossier"],
        organisation=row.content.organisation or "",
        state=State.RECEIVED,
        received_at=row.corrected_at,
        reply_due=datetime.fromisoformat(body["reply_due"]),
        due=datetime.fromisoformat(body["due"]),
        person=row.content.person,
    )


def _moved(request: Request, row: Row) -> Request:
    kind, body, at = row.content.kind, row.content.body, row.corrected_at
    if kind == RECEIVED or request.state not in MOVES[kind]:
        return replace(request, flags=tuple(sorted({*request.flags, f"odd.{kind.removeprefix('privacy.')}"})))
    late = set(request.late)
    if request.verified_at is None and at > request.reply_due:
        late.add("reply")
    request = replace(request, person=row.content.person or request.person)
    if kind == VERIFIED:
        return replace(
            request,
            state=State.VERIFIED,
            verified_at=at,
            identity=body["identity"],
            late=tuple(sorted(late)),
        )
    if at > request.due:
        late.add("due")
    done = State.PARTLY if body.get("kept") else State.DONE
    state = State.REFUSED if kind == REFUSED else done
    return replace(request, state=state, ended_at=at, reason=body.get("reason"), late=tuple(sorted(late)))


def _years_later(day: date, years: int) -> date:
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)
