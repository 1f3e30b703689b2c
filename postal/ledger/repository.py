"""Every statement on the ledger. Rows go in and come out as `Row`; none is ever changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from postal import db
from postal.ledger.rules import HASH_VERSION, Content, Row, Stream

REBUILD_LOCK = 7_031_188_022
"""Held alone by a rebuild and shared by every recording."""

LOCK_CODES = db.load_sql(__package__, "lock_codes.sql")
ADD_ROWS = db.load_sql(__package__, "add_rows.sql")
FIND_ROWS = db.load_sql(__package__, "find_rows.sql")
ADD_DISPUTES = db.load_sql(__package__, "add_disputes.sql")
ROWS_OF = db.load_sql(__package__, "rows_of.sql")
LOCK_MORE = "SELECT pg_advisory_xact_lock(hashtextextended(code, 0)) FROM unnest($1::text[]) AS code"


class RowSet(msgspec.Struct, frozen=True):
    """Everything that bears on one code, by id.

    `disputed` has every content of each disputed id that concerns the code, by hash; the one among them that came
    first is in `rows` too if it is about this code, and counts no more than the others.
    """

    rows: tuple[Row, ...] = ()
    disputed: dict[UUID, tuple[Row, ...]] = msgspec.field(default_factory=dict)


async def lock_codes(codes: Collection[str]) -> set[str]:
    """Lock codes until the end of the unit of work, with those that their rows speak of, and give all of them."""
    found = await db.fetch(LOCK_CODES, sorted(codes), REBUILD_LOCK)
    return {row["code"] for row in found if row["code"] is not None}


async def lock_more(codes: Collection[str]) -> None:
    """Lock what a sealing just before us added; rare, and out of order, so it may end as busy."""
    await db.fetch(LOCK_MORE, sorted(codes))


async def add_rows(rows: Sequence[Row], codes: Collection[str]) -> tuple[set[UUID], set[str]]:
    """Insert the rows whose id is new. Gives their ids, and all subjects that rows of `codes` named before."""
    ordered = sorted(rows, key=lambda row: row.content.id)
    columns = [list(column) for column in zip(*(_values(row) for row in ordered), strict=True)]
    [answer] = await db.fetch(ADD_ROWS, *columns, sorted(codes))
    return set(answer["ids"] or ()), set(answer["subjects"] or ())


async def find_rows(ids: Collection[UUID]) -> dict[UUID, tuple[Row, bool]]:
    """Find rows by id; the flag tells whether the id is disputed."""
    if not ids:
        return {}
    found = await db.fetch(FIND_ROWS, list(ids))
    return {row["id"]: (_row(row), row["disputed"]) for row in found}


async def add_disputes(rows: Iterable[Row]) -> set[UUID]:
    """Keep contents of disputed ids once each, with links to what they name; gives the ids for which one was new."""
    columns = [list(column) for column in zip(*(_dispute_values(row) for row in rows), strict=True)]
    return {row["id"] for row in await db.fetch(ADD_DISPUTES, *columns)}


async def rows_of(codes: Collection[str]) -> dict[str, RowSet]:
    """Give for each code its own rows, and all rows of the codes (manifests) that name it, in one statement."""
    pairs: dict[str, list[str]] = {code: [] for code in codes}
    rows: dict[str, list[Row]] = {}
    contents: dict[UUID, list[Row]] = {}
    for record in await db.fetch(ROWS_OF, sorted(set(codes))):
        what = record[0]
        if what == "pair":
            pairs[record["wanted"]].append(record["of"])
        elif what == "row":
            row = _row(record)
            rows.setdefault(row.content.code, []).append(row)
        else:
            contents.setdefault(record["id"], []).append(_disputed(record))
    disputed_by_code = _by_code(contents)
    return {
        code: RowSet(_of(sources, rows), _disputes_of(sources, disputed_by_code, contents))
        for code, sources in pairs.items()
    }


def _of(sources: Sequence[str], rows: Mapping[str, Sequence[Row]]) -> tuple[Row, ...]:
    found = [row for of in sources for row in rows.get(of, ())]
    found.sort(key=_by_id)
    return tuple(found)


def _by_id(row: Row) -> int:
    # Whole numbers compare at once; ids would each time compare themselves in Python.
    return row.content.id.int


def _disputes_of(
    sources: Sequence[str],
    by_code: Mapping[str, Sequence[UUID]],
    contents: Mapping[UUID, Sequence[Row]],
) -> dict[UUID, tuple[Row, ...]]:
    if not by_code:
        return {}
    return {
        id_: tuple(sorted(contents[id_], key=lambda row: row.content_hash))
        for of in sources
        for id_ in by_code.get(of, ())
    }


async def row_set(code: str) -> RowSet:
    """Give the rows of one code, as `rows_of`."""
    return (await rows_of((code,)))[code]


def read_row(record: Any, *, disputed: bool = False) -> Row:
    """Read a row from a record that has every column; for a content of a disputed id, `body` holds all of it."""
    return _disputed(record) if disputed else _row(record)


def _by_code(contents: dict[UUID, list[Row]]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for id_, rows in contents.items():
        for code in {row.content.code for row in rows}:
            found.setdefault(code, []).append(id_)
    return found


def _values(row: Row) -> tuple[Any, ...]:
    content = row.content
    return (
        content.id,
        content.occurred_at,
        row.received_at,
        row.corrected_at,
        row.skew_ms,
        row.uncertainty_ms,
        content.seq,
        int(content.stream),
        HASH_VERSION,
        content.kind,
        content.code,
        row.verdict,
        row.content_hash,
        content.organisation,
        content.person,
        content.device,
        content.epoch,
        content.source,
        _json(content.body) if content.body else None,
        _json(content.subjects) if content.subjects else None,
    )


def _dispute_values(row: Row) -> tuple[Any, ...]:
    return (
        row.content.id,
        row.content_hash,
        row.content.code,
        _json(row.content),
        row.received_at,
        row.corrected_at,
        row.skew_ms,
        row.uncertainty_ms,
        row.verdict,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_BODY = msgspec.json.Decoder(dict[str, Any])
_STREAMS = {int(stream): stream for stream in Stream}


def _row(record: Any) -> Row:
    content = Content(
        id=record["id"],
        stream=_STREAMS[record["stream"]],
        kind=record["kind"],
        code=record["code"],
        occurred_at=record["occurred_at"],
        organisation=record["organisation"],
        person=record["person"],
        device=record["device"],
        epoch=record["epoch"],
        seq=record["seq"],
        body=_BODY.decode(record["body"]) if record["body"] is not None else {},
        subjects=tuple(record["subjects"] or ()),
        source=record["source"],
    )
    return _received(record, content)


def _disputed(record: Any) -> Row:
    return _received(record, msgspec.json.decode(record["body"], type=Content))


def _received(record: Any, content: Content) -> Row:
    return Row(
        content=content,
        received_at=record["received_at"],
        corrected_at=record["corrected_at"],
        skew_ms=record["skew_ms"],
        uncertainty_ms=record["uncertainty_ms"],
        verdict=record["verdict"],
        content_hash=record["content_hash"],
    )
