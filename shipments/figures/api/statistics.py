"""Public daily statistics as open data: JSON and CSV at lasting addresses, for anybody."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.response import Stream

from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER
from postal.identity.access import ANYONE
from postal.web.spreadsheets import CSV_TYPE, Row, csv_stream
from shipments.figures import service
from shipments.figures.repository import Told
from shipments.figures.rules.publication import MEASURES
from shipments.figures.schemas import (
    OfRevision,
    PathDay,
    PublicationView,
    StatisticView,
    publication_view,
    statistic_view,
)

HEADER = ("day", "revision", "cut", "value", *MEASURES)


class StatisticController(Controller):
    """What is published each day: numbers without persons, small ones hidden, never changed afterwards."""

    path = "/api/v1/statistics"
    tags = ("statistics",)

    @get("/", operation_id="listStatistics", summary="Days that were published, newest first", opt=ANYONE)
    async def list_days(
        self, request: Request[Any, Any, Any], limit: PageLimit = DEFAULT_LIMIT, cursor: PageCursor = None
    ) -> Response[Page[PublicationView]]:
        """Danh sách ngày đã công bố số liệu. The newest publication of each day."""
        after = decode_cursor(cursor, tuple[date])
        found = await service.statistics_before(after[0] if after else None, limit + 1)
        shown = [publication_view(each) for each in found]
        return paged(request, shown, limit, key=lambda each: (each.day,))

    @get(
        "/{day:date}",
        operation_id="getStatistic",
        summary="What was published about a day",
        opt=ANYONE | refuses(404),
    )
    async def read(self, day: PathDay, revision: OfRevision = None) -> StatisticView:
        """Số liệu một ngày và mọi lần công bố. `null` is a number too small to be shown; see `min_cell`."""
        told, publications = await service.statistic_of(day, revision)
        return statistic_view(told, publications)

    @get(
        "/{day:date}/data.csv",
        operation_id="getStatisticTable",
        summary="The same as a table",
        opt={**ANYONE, RAW_ANSWER: ("text/csv",), **refuses(404)},
        media_type=CSV_TYPE,
    )
    async def table(self, day: PathDay, revision: OfRevision = None) -> Stream:
        """Dữ liệu mở dạng CSV. One row for each value; an empty cell is a number too small to be shown."""
        told, _ = await service.statistic_of(day, revision)
        name = f"thong-ke-{day:%Y-%m-%d}.csv"
        return Stream(
            csv_stream(HEADER, _rows(told)),
            media_type=CSV_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


async def _rows(told: Told) -> AsyncIterator[Row]:
    for line in told.content.lines:
        yield (
            told.content.day.isoformat(),
            told.statistic.revision,
            line.cut,
            line.value,
            *(getattr(line, measure) for measure in MEASURES),
        )
