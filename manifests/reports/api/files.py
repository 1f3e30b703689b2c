"""Reports, the register and the scoring year as files."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter
from litestar.response import Stream

from manifests.reports import service
from manifests.reports.rules import read_period
from manifests.reports.rules.register import RegisterLine
from manifests.reports.rules.scoring import ScoringLine
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.web.spreadsheets import CSV_TYPE, XLSX_TYPE, file_stream

PDF = "application/pdf"
CSV = "text/csv"
OPT = SIGNED_IN | refuses(404, 409, 422)

OfDesk = Annotated[str, code_query("The desk whose register it is")]
InPeriod = Annotated[
    str,
    QueryParameter(
        name="period", min_length=5, max_length=7, description="2026M11, 2026Q4, 2026H, 2026N, 2026Y"
    ),
]
OfYear = Annotated[int, QueryParameter(name="year", ge=2000, le=2199, description="The scoring year")]


@get(
    "/api/v1/reports/{code:str}/report.pdf",
    opt=OPT | {RAW_ANSWER: (PDF,)},
    operation_id="getReportPdf",
    summary="A report to sign, as PDF/A",
    tags=["reports"],
    media_type=PDF,
)
async def report_pdf(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print a report as published, or as known now."""
    view = await service.report_view(code, actor=request.user, now=await clock.now())
    return Response(await service.report_pdf(view), media_type=PDF, headers=_named(f"{code}.pdf"))


@get(
    "/api/v1/reports/{code:str}/report.xlsx",
    opt=OPT | {RAW_ANSWER: (XLSX_TYPE,)},
    operation_id="getReportWorkbook",
    summary="A report as a workbook, with its formulas in words",
    tags=["reports"],
    media_type=XLSX_TYPE,
)
async def report_xlsx(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Give a report as a spreadsheet."""
    view = await service.report_view(code, actor=request.user, now=await clock.now())
    return Response(await service.report_xlsx(view), media_type=XLSX_TYPE, headers=_named(f"{code}.xlsx"))


@get(
    "/api/v1/reports/{code:str}/report.csv",
    opt=OPT | {RAW_ANSWER: (CSV,)},
    operation_id="getReportCsv",
    summary="Every figure of a report as a row",
    tags=["reports"],
    media_type=CSV_TYPE,
)
async def report_csv(request: Request[Actor, Any, Any], code: PathCode) -> Stream:
    """Give a report as CSV."""
    view = await service.report_view(code, actor=request.user, now=await clock.now())
    return Stream(service.report_csv(view.content), media_type=CSV_TYPE, headers=_named(f"{code}.csv"))


@get(
    "/api/v1/register",
    opt=OPT,
    operation_id="listRegisterLines",
    summary="The register of dossiers of a desk (sổ theo dõi hồ sơ)",
    tags=["reports"],
)
async def register(
    request: Request[Actor, Any, Any],
    desk: OfDesk,
    in_period: InPeriod,
    cursor: PageCursor = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Response[Page[RegisterLine]]:
    """List the dossiers received in a period that the caller may see; people where it needs to know them."""
    found = await service.register_page(
        desk,
        read_period(in_period),
        after=decode_cursor(cursor, tuple[Instant, str]),
        limit=limit + 1,
        actor=request.user,
    )
    return paged(request, found, limit, key=lambda one: (one.received_at, one.code))


@get(
    "/api/v1/register.pdf",
    opt=OPT | {RAW_ANSWER: (PDF,)},
    operation_id="getRegisterPdf",
    summary="The register to print, by the form of its day",
    tags=["reports"],
    media_type=PDF,
)
async def register_pdf(
    request: Request[Actor, Any, Any], desk: OfDesk, in_period: InPeriod
) -> Response[bytes]:
    """Print a register."""
    made = await service.register_pdf(desk, read_period(in_period), actor=request.user, now=await clock.now())
    return Response(made, media_type=PDF, headers=_named(f"so-theo-doi-{desk}-{in_period}.pdf"))


@get(
    "/api/v1/register.xlsx",
    opt=OPT | {RAW_ANSWER: (XLSX_TYPE,)},
    operation_id="getRegisterWorkbook",
    summary="The register as a workbook",
    tags=["reports"],
    media_type=XLSX_TYPE,
)
async def register_xlsx(request: Request[Actor, Any, Any], desk: OfDesk, in_period: InPeriod) -> Stream:
    """Give a register as a spreadsheet."""
    period = read_period(in_period)
    folder = service.in_a_folder()
    path = Path(folder.name) / "register.xlsx"
    try:
        await service.register_workbook(desk, period, path, actor=request.user, now=await clock.now())
    except BaseException:
        folder.cleanup()
        raise

    async def pieces() -> AsyncIterator[bytes]:
        with folder:
            async for piece in file_stream(path):
                yield piece

    return Stream(pieces(), media_type=XLSX_TYPE, headers=_named(f"so-theo-doi-{desk}-{in_period}.xlsx"))


@get(
    "/api/v1/scoring",
    opt=SIGNED_IN | refuses(422),
    operation_id="listScoring",
    summary="Figures of a scoring year by agency (PAR INDEX, SIPAS)",
    tags=["reports"],
)
async def scoring(request: Request[Actor, Any, Any], of_year: OfYear) -> list[ScoringLine]:
    """Give on time, apologies, supplements and ratings of the agencies that the caller may see."""
    return await service.scoring(of_year, actor=request.user, now=await clock.now())


@get(
    "/api/v1/scoring.csv",
    opt=SIGNED_IN | refuses(422) | {RAW_ANSWER: (CSV,)},
    operation_id="getScoringCsv",
    summary="The same for a spreadsheet",
    tags=["reports"],
    media_type=CSV_TYPE,
)
async def scoring_csv(request: Request[Actor, Any, Any], of_year: OfYear) -> Stream:
    """Give the figures of a scoring year as CSV."""
    lines = await service.scoring(of_year, actor=request.user, now=await clock.now())
    return Stream(service.scoring_csv(lines), media_type=CSV_TYPE, headers=_named(f"cham-diem-{of_year}.csv"))


def _named(name: str) -> dict[str, str]:
    # Codes are plain ASCII; what may show people is kept by no cache.
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-._") else "_" for sign in name)
    return {"Content-Disposition": f'inline; filename="{safe}"', "Cache-Control": "private, no-store"}


HANDLERS = (
    report_pdf,
    report_xlsx,
    report_csv,
    register,
    register_pdf,
    register_xlsx,
    scoring,
    scoring_csv,
)
