"""Pages of clocks: why a dossier is due, what the calendar moved, and the decisions on calendars."""

import re
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect

from postal import clock
from postal.calendars import service as calendars
from postal.calendars.rules import Change, DayChange, may_withdraw
from postal.calendars.schemas import Number, Title, minutes
from postal.calendars.schemas import view_of as decision_view
from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.http.parameters import PathCode
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection
from shipments.clocks import service
from shipments.clocks.repository import DeadlineMove
from shipments.clocks.rules import CLOCK_NAMES, Verdict
from shipments.clocks.schemas import view_of

SHOWN = 50
ON_HOME = 10
DECIDES = (Role.ADMIN, Role.CONTROL)
REFUSALS = (BadInput, Conflict, Forbidden, NotFound, Unprocessable)
NAMES = {name.value: texts for name, texts in CLOCK_NAMES.items()}
VERDICTS: dict[str, tuple[str, str]] = {
    Verdict.EARLY: ("trước hạn", "early"),
    Verdict.ON_TIME: ("đúng hạn", "on time"),
    Verdict.LATE: ("quá hạn", "late"),
    Verdict.RUNNING: ("trong hạn", "running"),
    Verdict.NEAR_DUE: ("sắp đến hạn", "near due"),
    Verdict.UNDECIDED: ("chưa kết luận được", "undecided"),
    Verdict.NOT_STARTED: ("chưa bắt đầu", "not begun"),
}
READINGS = {
    "handover": ("Ký biên bản giao nhận", "Handover record signed"),
    "complete": ("Hồ sơ đầy đủ", "Papers complete"),
    "slip": ("Ghi trên giấy tiếp nhận", "Shown on the receipt slip"),
    "authority": ("Cơ quan có thẩm quyền nhận", "Received by the competent authority"),
}
SUPPLEMENTS = {
    "restart": ("Hạn pháp lý: tính lại từ đầu sau bổ sung", "Legal: counted anew after a supplement"),
    "subtract": ("Chỉ số 766: trừ thời gian chờ bổ sung", "Indicator 766: the wait is subtracted"),
}
CHANGES = {
    Change.OFF: ("nghỉ", "off"),
    Change.WORK: ("làm việc", "worked"),
    Change.HOURS: ("giờ riêng", "own hours"),
}
WEEKDAYS = (
    ("thứ Hai", "Monday"),
    ("thứ Ba", "Tuesday"),
    ("thứ Tư", "Wednesday"),
    ("thứ Năm", "Thursday"),
    ("thứ Sáu", "Friday"),
    ("thứ Bảy", "Saturday"),
    ("Chủ nhật", "Sunday"),
)
LINE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})\s+"
    r"(?:(?P<off>nghỉ|off)|(?:làm bù|work)(?:\s+(?P<weekday>T[2-7]|CN))?|(?:giờ|hours)\s+(?P<hours>\S+))"
    r"\s+(?P<name>\S.{2,299})"
)
SPAN = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


class DecisionForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of a decision sends; `days` has one day a line."""

    calendar: Annotated[str, msgspec.Meta(max_length=40)] = ""
    number: Annotated[str, msgspec.Meta(max_length=60)] = ""
    decided_on: Annotated[str, msgspec.Meta(max_length=10)] = ""
    title: Annotated[str, msgspec.Meta(max_length=400)] = ""
    days: Annotated[str, msgspec.Meta(max_length=20_000)] = ""


class WithdrawalForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form under a decision sends to withdraw it."""

    calendar: Annotated[str, msgspec.Meta(max_length=40)] = ""
    decision: Annotated[str, msgspec.Meta(max_length=40)] = ""
    number: Annotated[str, msgspec.Meta(max_length=60)] = ""
    decided_on: Annotated[str, msgspec.Meta(max_length=10)] = ""
    reason: Annotated[str, msgspec.Meta(max_length=400)] = ""


OfDecision = Annotated[UUID | None, QueryParameter(description="Only what this decision moved")]


@get(
    "/dossiers/{code:str}/clocks",
    opt=SIGNED_IN,
    include_in_schema=False,
    summary="Page: time limits of a dossier",
)
async def dossier_page(request: Request[Actor, Any, Any], code: PathCode) -> Response[str]:
    """Show why a dossier is due when it is, so that it can be read to the citizen at the desk."""
    account = await service.clocks_of(code.upper(), actor=request.user, now=await clock.now())
    moves = await service.list_moves(
        actor=request.user, decision=None, dossier=code.upper(), after=None, limit=SHOWN
    )
    return page(
        request,
        "clocks/dossier.html",
        title=(f"Thời hạn của hồ sơ {code}", f"Time limits of dossier {code}"),
        clocks=view_of(account.clocks, account.derivations, account.days),
        moves=moves,
        names=NAMES,
        verdicts=VERDICTS,
        readings=READINGS,
        supplements=SUPPLEMENTS,
    )


@get("/deadline-moves", opt=SIGNED_IN, include_in_schema=False, summary="Page: moved deadlines")
async def moves_page(
    request: Request[Actor, Any, Any], decision: OfDecision = None, cursor: PageCursor = None
) -> Response[str]:
    """List the deadlines of the caller's dossiers that decisions on calendars moved."""
    found = await service.list_moves(
        actor=request.user,
        decision=decision,
        dossier=None,
        after=decode_cursor(cursor, tuple[datetime, str, str, int]),
        limit=SHOWN + 1,
    )
    following = encode_cursor(_place(found[SHOWN - 1])) if len(found) > SHOWN else None
    return page(
        request,
        "clocks/moves.html",
        title=("Thời hạn thay đổi", "Moved deadlines"),
        moves=found[:SHOWN],
        following=following,
        names=NAMES,
    )


@get("/calendars", opt=SIGNED_IN, include_in_schema=False, summary="Page: calendars and decisions")
async def calendars_page(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the calendars and the decisions on them; who answers for them finds the form here."""
    return await _calendars(request, DecisionForm())


@post("/calendars", opt=roles(*DECIDES), include_in_schema=False, summary="Page: enter a decision")
async def decide(
    request: Request[Actor, Any, Any],
    data: Annotated[DecisionForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Enter a decision; one that is refused comes back with the reason and all that was typed."""
    try:
        entry = calendars.Entry(
            number=_read(data.number, Number, "Số quyết định chưa đúng", "The number is not well-formed"),
            decided_on=_read(data.decided_on, date, "Ngày ban hành chưa đúng", "The date is not well-formed"),
            title=_read(data.title, Title, "Nêu quyết định về việc gì", "Say what the decision is about"),
            days=tuple(_day(line.strip()) for line in data.days.splitlines() if line.strip()),
        )
        await calendars.decide(data.calendar, entry, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return await _calendars(request, data, refused)
    return Redirect("/calendars", status_code=303)


@post(
    "/calendars/withdrawals",
    opt=roles(*DECIDES),
    include_in_schema=False,
    summary="Page: withdraw a decision",
)
async def withdraw(
    request: Request[Actor, Any, Any],
    data: Annotated[WithdrawalForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Withdraw a decision; what is refused comes back with the reason and all that was typed."""
    try:
        withdrawal = calendars.Withdrawal(
            number=_read(data.number, Number, "Số quyết định chưa đúng", "The number is not well-formed"),
            decided_on=_read(data.decided_on, date, "Ngày ban hành chưa đúng", "The date is not well-formed"),
            reason=_read(data.reason, Title, "Nêu lý do thu hồi", "Say why it is withdrawn"),
        )
        decision = _read(data.decision, UUID, "Không có quyết định này", "There is no such decision")
        await calendars.withdraw(
            data.calendar, decision, withdrawal, actor=request.user, now=await clock.now()
        )
    except REFUSALS as refused:
        return await _calendars(request, DecisionForm(), refused, withdrawing=data)
    return Redirect("/calendars", status_code=303)


async def moved_lately(actor: Actor, _now: datetime) -> dict[str, Any] | None:
    """Load the latest moved deadlines of the actor's dossiers; nothing where none moved."""
    moves = await service.list_moves(actor=actor, decision=None, dossier=None, after=None, limit=ON_HOME)
    return {"moves": moves, "names": NAMES} if moves else None


async def _calendars(
    request: Request[Actor, Any, Any],
    form: DecisionForm,
    refused: PostalError | None = None,
    *,
    withdrawing: WithdrawalForm | None = None,
) -> Response[str]:
    decisions = await calendars.list_decisions(None, limit=SHOWN)
    today = local_day(await clock.now())
    english = page_language(request.scope) == "en"
    return page(
        request,
        "clocks/calendars.html",
        title=("Lịch làm việc", "Working calendars"),
        status=refused.status if refused else 200,
        calendars=await calendars.list_calendars(),
        decisions=[decision_view(each) for each in decisions],
        recounts=await service.recounts([each.id for each in decisions]),
        may_enter=request.user.national and bool(request.user.roles & set(DECIDES)),
        numbers={each.id: each.number for each in decisions},
        withdrawable={each.id for each in decisions if may_withdraw(each, today)},
        withdrawing=withdrawing,
        form=form,
        refused=(refused.en if english else refused.vi) if refused else "",
        changes=CHANGES,
        weekdays=WEEKDAYS,
    )


def _place(move: DeadlineMove) -> tuple[datetime, str, str, int]:
    return move.moved_at, move.dossier, move.clock, move.ordinal


def _read(text: str, expected: Any, vi: str, en: str) -> Any:
    try:
        return msgspec.convert(text.strip(), expected, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput("calendar.form", vi=vi, en=en) from error


def _day(line: str) -> DayChange:
    """Read one line of the form: a day, what becomes of it, and why."""
    found = LINE.fullmatch(line)
    spans = found["hours"].split(",") if found and found["hours"] else []
    if found is None or not all(SPAN.fullmatch(span) for span in spans):
        raise BadInput(
            "calendar.form",
            vi=f"Không đọc được dòng “{line[:80]}”; hãy viết như ví dụ bên dưới",
            en=f"The line “{line[:80]}” cannot be read; write it like the examples below",
        )
    weekday = found["weekday"]
    return DayChange(
        day=_read(found["day"], date, f"Ngày {found['day']} không có", f"There is no day {found['day']}"),
        change=Change.OFF if found["off"] else Change.HOURS if spans else Change.WORK,
        name=found["name"].strip(),
        as_weekday=None if weekday is None else 6 if weekday == "CN" else int(weekday[1]) - 2,
        hours=tuple((minutes(opens), minutes(closes)) for opens, closes in (s.split("-") for s in spans)),
    )


PAGE_HANDLERS = (dossier_page, moves_page, calendars_page, decide, withdraw)

HOME_SECTIONS = (
    HomeSection(
        title=("Thời hạn thay đổi do lịch làm việc", "Deadlines that the calendar moved"),
        template="clocks/moved.html",
        load=moved_lately,
    ),
)
