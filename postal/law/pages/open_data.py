"""The list of procedures and the fares as open data: CSV and JSON at stable addresses."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, get

from postal import clock
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.law import repository, service
from postal.law.pages.public import OnDay, Province
from postal.law.repository import Offer
from postal.law.rules import Component
from postal.law.schemas import constant_view, offered, postage_view
from postal.network.rules import local_day
from postal.web.open_data import open_data
from postal.web.spreadsheets import BOM, CSV_TYPE, Cell, csv_line

JSON_TYPE = "application/json"
AT_ONCE = 1_000

PROCEDURE_COLUMNS = (
    "code",
    "version",
    "name_vi",
    "name_en",
    "limit",
    "limit_unit",
    "fee",
    "eligible_submit",
    "eligible_return",
    "requires_presence",
    "state_secret",
    "papers",
    "valid_from",
    "valid_to",
    "citation",
    "status",
    "decision",
    "decided_on",
    "list_decision",
    "list_decided_on",
    "reason",
)
FARE_COLUMNS = ("name", "value", "valid_from", "valid_to", "citation", "status")


@get("/open-data/procedures.csv", opt=ANYONE, include_in_schema=False, summary="Open data: procedures as CSV")
async def procedures_csv(
    request: Request[Actor, Any, Any], on: OnDay = None, province: Province = None
) -> Response[bytes]:
    """Give every procedure in force on a day, one a line."""
    day = on or local_day(await clock.now())
    lines = [_line(offer, papers) for offer, papers in await _all(day, province)]
    return open_data(request, _csv(PROCEDURE_COLUMNS, lines), CSV_TYPE, "procedures.csv")


@get(
    "/open-data/procedures.json", opt=ANYONE, include_in_schema=False, summary="Open data: procedures as JSON"
)
async def procedures_json(
    request: Request[Actor, Any, Any], on: OnDay = None, province: Province = None
) -> Response[bytes]:
    """Give every procedure in force on a day with its papers."""
    day = on or local_day(await clock.now())
    items = [
        msgspec.to_builtins(offered(offer)) | {"components": msgspec.to_builtins(papers)}
        for offer, papers in await _all(day, province)
    ]
    body = msgspec.json.encode({"dataset": "procedures", "on": day, "items": items})
    return open_data(request, body, JSON_TYPE, "procedures.json")


@get("/open-data/fares.csv", opt=ANYONE, include_in_schema=False, summary="Open data: fares as CSV")
async def fares_csv(request: Request[Actor, Any, Any], on: OnDay = None) -> Response[bytes]:
    """Give postage and what belongs to it, one amount a line."""
    day = on or local_day(await clock.now())
    zones, others = await service.postage(day)
    both = {each.name: each for zone in zones for each in (zone.least, zone.most)}
    constants = [*both.values(), *others]
    lines = [
        (
            each.name,
            each.value if isinstance(each.value, int) else msgspec.json.encode(each.value).decode(),
            each.valid_from,
            each.valid_to,
            each.citation,
            each.status.value,
        )
        for each in constants
    ]
    return open_data(request, _csv(FARE_COLUMNS, lines), CSV_TYPE, "fares.csv")


@get("/open-data/fares.json", opt=ANYONE, include_in_schema=False, summary="Open data: fares as JSON")
async def fares_json(request: Request[Actor, Any, Any], on: OnDay = None) -> Response[bytes]:
    """Give postage by zone with transit standards, and what belongs to it."""
    day = on or local_day(await clock.now())
    zones, others = await service.postage(day)
    told = {
        "dataset": "fares",
        "on": day,
        "zones": [postage_view(each) for each in zones],
        "others": [constant_view(each) for each in others],
    }
    return open_data(request, msgspec.json.encode(told), JSON_TYPE, "fares.json")


async def _all(on: date, province: str | None) -> list[tuple[Offer, tuple[Component, ...]]]:
    offers: list[Offer] = []
    while True:
        after = offers[-1].procedure.code if offers else None
        some = await service.list_procedures(on, after=after, limit=AT_ONCE, province=province)
        offers += some
        if len(some) < AT_ONCE:
            break
    papers = await repository.components_of(
        [(each.procedure.code, each.procedure.version) for each in offers]
    )
    return [(each, papers.get((each.procedure.code, each.procedure.version), ())) for each in offers]


def _line(offer: Offer, papers: Iterable[Component]) -> tuple[Cell, ...]:
    procedure = offer.procedure
    return (
        procedure.code,
        procedure.version,
        procedure.name_vi,
        procedure.name_en,
        procedure.limit.value,
        procedure.limit.unit.value,
        procedure.fee,
        procedure.eligible_submit,
        procedure.eligible_return,
        procedure.requires_presence,
        procedure.state_secret,
        "; ".join(paper.name_vi for paper in papers),
        procedure.valid_from,
        procedure.valid_to,
        procedure.citation,
        procedure.status.value,
        procedure.decision,
        procedure.decided_on,
        offer.by.decision if offer.by else None,
        offer.by.decided_on if offer.by else None,
        offer.reason,
    )


def _csv(header: tuple[str, ...], lines: Iterable[tuple[Cell, ...]]) -> bytes:
    return BOM + "".join(csv_line(line) for line in (header, *lines)).encode()


OPEN_DATA = (procedures_csv, procedures_json, fares_csv, fares_json)
