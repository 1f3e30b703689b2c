"""The leader's page, and the dossiers behind each of its figures."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import QueryParameter

from postal import clock
from postal.errors import PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.rules import Actor, Role
from postal.law import repository as law
from postal.network import repository as network
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection
from shipments.figures import service
from shipments.figures.pages.charts import by_holder, by_leg, by_month
from shipments.figures.rules import BY_WORKING_TIME, ERROR
from shipments.figures.rules.leader import BEHIND, Asked, By, Leading, Which
from shipments.figures.rules.summary import STAGES, month_after
from shipments.figures.schemas import (
    LEADERS,
    OfAuthority,
    OfChannel,
    OfCommune,
    OfDesk,
    OfHolder,
    OfOffice,
    OfProcedure,
    OfWhich,
)

ON_A_PAGE = 50
SHOWN_GROUPS = 50

BYS = {
    By.AUTHORITY: ("Cơ quan giải quyết", "Agency"),
    By.COMMUNE: ("Xã, phường", "Commune"),
    By.DESK: ("Bộ phận Một cửa", "One-stop desk"),
    By.OFFICE: ("Bưu cục", "Post office"),
    By.PROCEDURE: ("Thủ tục", "Procedure"),
}
CLOCK_NAMES = {
    "C1": ("Gửi đến cơ quan", "On the way in"),
    "C2": ("Kiểm tra, tiếp nhận", "Intake at the desk"),
    "C3": ("Cơ quan giải quyết", "The agency's time"),
    "C4": ("Từng bước xử lý", "Steps of the case"),
    "C5": ("Chờ bưu điện đến lấy", "Waiting for the post"),
    "C6": ("Trả kết quả", "On the way home"),
    "C7": ("Từ tay đến tay", "From hand to hand"),
}
WHICH = {
    Which.REGISTERED: ("Hồ sơ đăng ký", "Dossiers registered"),
    Which.RECEIVED: ("Hồ sơ tiếp nhận", "Dossiers received"),
    Which.DONE: ("Hồ sơ giải quyết xong", "Dossiers done"),
    Which.IN_TIME: ("Giải quyết trước hạn, đúng hạn", "Done early or on time"),
    Which.LATE: ("Giải quyết quá hạn", "Done late"),
    Which.UNDECIDED: ("Chưa kết luận được", "Undecided or without a limit"),
    Which.OPEN: ("Đang giải quyết", "Open"),
    Which.OVERDUE: ("Đang giải quyết, quá hạn", "Open and overdue"),
    Which.COMPLETED: ("Có kết quả", "With a result"),
    Which.RETURNED: ("Kết thúc không có kết quả", "Ended without a result"),
    Which.TRANSIT_LATE: ("Bưu chính chậm so với J+n", "Post later than J+n"),
    Which.SUPPLEMENTED: ("Có yêu cầu bổ sung", "Asked for a supplement"),
    Which.SUPPLEMENTED_AGAIN: ("Yêu cầu bổ sung từ hai lần", "Asked twice or more"),
    Which.EXTENDED: ("Có gia hạn", "Extended"),
    Which.FORMAL_IN: (
        "Đăng ký gửi qua bưu chính nhưng nộp trực tiếp",
        "Meant to come by post, came without it",
    ),
    Which.FORMAL_OUT: ("Đăng ký nhận qua bưu chính nhưng nhận tại quầy", "Meant to go home by post, fetched"),
    Which.CHOSEN: ("Có ghi lựa chọn của người dân", "The citizen's choice is recorded"),
    Which.DIGITISED: ("Đã số hóa đủ", "Digitised in full"),
    Which.STEPS: ("Bước đã xử lý", "Steps that were done"),
}
GROUP_KEYS = {
    By.AUTHORITY: "authority",
    By.COMMUNE: "commune",
    By.DESK: "desk",
    By.OFFICE: "office",
    By.PROCEDURE: "procedure",
}

FromMonth = Annotated[str | None, QueryParameter(name="from", max_length=10)]
ToMonth = Annotated[str | None, QueryParameter(name="to", max_length=10)]
ByWhat = Annotated[By | None, QueryParameter(name="by")]


@get("/leaders", opt=LEADERS, include_in_schema=False, summary="Page: figures for leaders")
async def show(
    request: Request[Actor, Any, Any], begin: FromMonth = None, end: ToMonth = None, by: ByWhat = None
) -> Response[str]:
    """Show everything on one page; a period that cannot be read is said, and the last year is shown."""
    actor, now = request.user, await clock.now()
    compared = by or (By.AUTHORITY if actor.reads_everything else By.PROCEDURE)
    refused: PostalError | None = None
    try:
        leading = await service.lead(actor, begin=_month(begin), end=_month(end), by=compared, now=now)
    except Unprocessable as error:
        refused = error
        leading = await service.lead(actor, begin=None, end=None, by=By.PROCEDURE, now=now)
    english = page_language(request.scope) == "en"
    shown = leading.groups[:SHOWN_GROUPS]
    last = month_after(leading.end, -1)
    names = await _names(leading, [group.value for group in shown], now.date())
    return page(
        request,
        "figures/leaders.html",
        title=("Điều hành", "For leaders"),
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        leading=leading,
        groups=shown,
        more=len(leading.groups) - len(shown),
        last=last,
        bys=_offered(leading),
        names=names,
        clock_names=CLOCK_NAMES,
        by_working=BY_WORKING_TIME,
        error_percent=f"{float(ERROR) * 100:g}",
        on_time=by_month(leading.months, lambda counts: counts.on_time),
        posted=by_month(leading.months, lambda counts: counts.post),
        legs=by_leg(leading.clocks, CLOCK_NAMES),
        held=by_holder(leading.holders, names),
        stages=STAGES,
        link=lambda which, **more: _link(which, leading.begin, last, **more),
        key=GROUP_KEYS[leading.by],
    )


@get("/leaders/dossiers", opt=LEADERS, include_in_schema=False, summary="Page: dossiers behind a figure")
async def behind(
    request: Request[Actor, Any, Any],
    which: OfWhich,
    begin: FromMonth = None,
    end: ToMonth = None,
    authority: OfAuthority = None,
    desk: OfDesk = None,
    office: OfOffice = None,
    procedure: OfProcedure = None,
    commune: OfCommune = None,
    channel: OfChannel = None,
    holder: OfHolder = None,
    cursor: PageCursor = None,
) -> Response[str]:
    """List the dossiers that a figure counts, with the question that finds them."""
    conditions = {
        "authority": authority,
        "desk": desk,
        "office": office,
        "procedure": procedure,
        "commune": commune,
        "channel": channel,
        "holder": holder,
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    asked = Asked(which=which, begin=_month(begin), end=_month(end), **given)  # type: ignore[arg-type]
    after = decode_cursor(cursor, tuple[date, str, str, int])
    found = await service.dossiers_behind(request.user, asked, after, ON_A_PAGE + 1, await clock.now())
    shown = found[:ON_A_PAGE]
    query = {"figure": which.value, "from": begin, "to": end, **given}
    kept = {name: value for name, value in query.items() if value is not None}
    following = None
    if len(found) > ON_A_PAGE:
        last = shown[-1]
        mark = encode_cursor((last.day, last.dossier, last.measure, last.ordinal))
        following = f"/leaders/dossiers?{urlencode({**kept, 'cursor': mark})}"
    return page(
        request,
        "figures/dossiers.html",
        title=WHICH[which],
        what=WHICH[which],
        measures=BEHIND.get(which, (which.value,)),
        query=kept,
        rows=shown,
        following=following,
        api=f"/api/v1/figures/dossiers?{urlencode(kept)}",
    )


def _month(typed: str | None) -> date | None:
    """Read a month as forms send it (2026-11); a whole date will do."""
    if not typed:
        return None
    try:
        return date.fromisoformat(f"{typed}-01" if len(typed) == len("2026-11") else typed)
    except ValueError as error:
        raise Unprocessable(
            "figures.month",
            vi="Tháng viết dạng 2026-11",
            en="Write a month as 2026-11",
            pointer="/query/from",
        ) from error


def _offered(leading: Leading) -> dict[By, tuple[str, str]]:
    """Leave out what is not summed for this scope."""
    return {
        by: words
        for by, words in BYS.items()
        if leading.scope.by("desk" if by is By.COMMUNE else by.value) is not None
    }


async def _names(leading: Leading, values: list[str], today: date) -> dict[str, str]:
    if leading.by is By.PROCEDURE:
        found = await law.find_procedures({(value, today) for value in values})
        names = {code: each.name_vi for (code, _), each in found.items()}
    elif leading.by is By.COMMUNE:
        names = await network.unit_names(values)
    else:
        names = {}
    wanted = {*values, *leading.scope.values, *(each.holder for each in leading.holders)}
    return {**await network.names_of(wanted), **names}


def _link(which: str, begin: date, last: date, **more: str | None) -> str:
    query = {"figure": which, "from": f"{begin:%Y-%m}", "to": f"{last:%Y-%m}", **more}
    return f"/leaders/dossiers?{urlencode({name: value for name, value in query.items() if value})}"


async def _section(actor: Actor, now: Any) -> dict[str, Any] | None:
    leading = await service.lead(actor, begin=None, end=None, by=By.PROCEDURE, now=now)
    if not leading.total.n("registered"):
        return None
    return {"leading": leading, "today": local_day(now)}


HOME_SECTIONS = (
    HomeSection(
        title=("Điều hành", "For leaders"),
        template="figures/section.html",
        load=_section,
        roles=frozenset({Role.AGENCY_HEAD, Role.SUPERVISOR, Role.CONTROL}),
    ),
)

PAGE_HANDLERS: tuple[Any, ...] = (show, behind)
