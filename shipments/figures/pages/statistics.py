"""The public page of a day's statistics."""

from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect

from postal.errors import NotFound
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.network import repository as network
from postal.web.rendering import page
from shipments.figures import service
from shipments.figures.rules.publication import MEASURES, Line
from shipments.figures.schemas import OfRevision, PathDay, statistic_view

CUTS = {
    "all": ("Toàn hệ thống", "The whole system"),
    "channel": ("Theo cách nộp", "By how they came in"),
    "authority": ("Theo cơ quan giải quyết", "By agency"),
    "office": ("Theo bưu cục tiếp nhận", "By post office"),
    "procedure": ("Theo thủ tục", "By procedure"),
}
CHANNELS = {
    "direct": ("Trực tiếp", "In person"),
    "online": ("Trực tuyến", "Online"),
    "post": ("Qua bưu chính công ích", "By public post"),
}
NAMES = {
    "registered": ("Đăng ký", "Registered"),
    "received": ("Tiếp nhận", "Received"),
    "in_time": ("Giải quyết đúng hạn", "Done in time"),
    "late": ("Giải quyết quá hạn", "Done late"),
    "undecided": ("Chưa xác định", "Undecided"),
    "open": ("Đang giải quyết cuối ngày", "Open at the end of the day"),
    "overdue": ("Trong đó quá hạn", "Of these overdue"),
}
ON_A_PAGE = 31


@get("/statistics", opt=ANYONE, include_in_schema=False, summary="Page: newest daily statistics")
async def newest(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Show the newest day, or say that there is none yet."""
    found = await service.statistics_before(None, 1)
    if found:
        return await _show(request, found[0].day, None)
    return page(request, "figures/no_statistics.html", title=("Thống kê hằng ngày", "Daily statistics"))


@get("/statistics/{day:date}", opt=ANYONE, include_in_schema=False, summary="Page: statistics of a day")
async def of_day(
    request: Request[Actor, Any, Any], day: PathDay, revision: OfRevision = None
) -> Response[Any]:
    """Show one day; who asks for one that was not published is led to the newest."""
    try:
        return await _show(request, day, revision)
    except NotFound:
        return Redirect("/statistics", status_code=303)


async def _show(request: Request[Actor, Any, Any], day: date, revision: int | None) -> Response[str]:
    told, publications = await service.statistic_of(day, revision)
    view = statistic_view(told, publications)
    tables: dict[str, list[Line]] = {cut: [] for cut in CUTS}
    for line in view.content.lines:
        tables[line.cut].append(line)
    return page(
        request,
        "figures/statistics.html",
        title=(f"Thống kê ngày {day:%d/%m/%Y}", f"Statistics of {day:%d/%m/%Y}"),
        view=view,
        tables=tables,
        cuts=CUTS,
        names=NAMES,
        measures=MEASURES,
        channels=CHANNELS,
        places=await _named(tables, day),
        days=[each.day for each in await service.statistics_before(None, ON_A_PAGE)],
    )


async def _named(tables: dict[str, list[Line]], day: date) -> dict[str, str]:
    codes = {line.value for cut in ("authority", "office") for line in tables[cut]}
    names = {code: each.name for code, each in (await network.find_many(codes)).items()}
    procedures = await law.find_procedures({(line.value, day) for line in tables["procedure"]})
    return names | {code: each.name_vi for (code, _), each in procedures.items()}


PAGE_HANDLERS: tuple[Any, ...] = (newest, of_day)
