"""Every SQL statement of oversight: read models over cases, custody, devices, runs and manifests."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from manifests.discrepancies.rules import Discrepancy
from manifests.oversight.rules import LATELY, Column, Province, Queue, Sort
from manifests.oversight.rules.network import WATCHED, Silent
from postal.db import fetch, load_sql
from postal.identity.rules import Actor

BOARD = load_sql(__package__, "board.sql")
QUEUES = load_sql(__package__, "queues.sql")
PROVINCES = load_sql(__package__, "provinces.sql")


class Filter(Struct, frozen=True, kw_only=True):
    """Which cases of the board are asked for; what is None does not restrict."""

    office: str | None = None
    line_class: str | None = None
    assignee: str | None = None
    column: Column | None = None


class Placed(Struct, frozen=True):
    """A case in its column: its rank there, and how many cases the column has in all."""

    case: Discrepancy
    column: Column
    rank: float
    together: int


async def placed_cases(
    actor: Actor, wanted: Filter, now: datetime, after: tuple[float, UUID] | None, limit: int
) -> list[Placed]:
    """List cases of which the actor is a party by column, in each so many at most."""
    rank, last = after or (None, None)
    rows = await fetch(
        BOARD,
        actor.reads_everything,
        sorted(actor.sees),
        wanted.office,
        wanted.line_class,
        wanted.assignee,
        now,
        now - LATELY,
        wanted.column,
        rank,
        last,
        limit,
    )
    return [
        Placed(msgspec.convert(dict(row), Discrepancy), Column(row["place"]), row["rank"], row["together"])
        for row in rows
    ]


async def queues(
    organisations: Collection[str] | None,
    *,
    province: str | None,
    today: date,
    now: datetime,
    run: timedelta,
    sort: Sort,
    after: tuple[float, str] | None,
    limit: int,
) -> list[Queue]:
    """List what waits at organisations of a scope (None: all), and of one province if it is named."""
    key, code = after or (None, None)
    rows = await fetch(
        QUEUES,
        None if organisations is None else sorted(organisations),
        province,
        [kind.value for kind in WATCHED],
        today,
        now,
        run,
        sort.value,
        key,
        code,
        limit,
    )
    return [_queue(row) for row in rows]


async def provinces(
    organisations: Collection[str] | None, *, today: date, now: datetime, run: timedelta
) -> list[Province]:
    """Sum up what waits by province, for organisations of a scope (None: all)."""
    rows = await fetch(
        PROVINCES,
        None if organisations is None else sorted(organisations),
        [kind.value for kind in WATCHED],
        today,
        now,
        run,
    )
    return [msgspec.convert(dict(row), Province) for row in rows]


def _queue(row: Any) -> Queue:
    worst = msgspec.json.decode(row["worst"], type=Silent) if row["worst"] else None
    return msgspec.convert({**row, "worst": worst}, Queue)
