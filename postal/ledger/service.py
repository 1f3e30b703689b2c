"""Recording rows: each id once, other contents of it as disputes, and every projection that the new rows touch."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from postal.identifiers import new_id
from postal.instants import utc
from postal.ledger import repository
from postal.ledger.projections import Touched, run_projectors
from postal.ledger.rules import Content, Row, Stream, content_hash


class Outcome(msgspec.Struct, frozen=True):
    """What became of an id. `row` is the first row kept for it; `disputed` tells whether contents differ by now."""

    status: Literal["new", "same", "other"]
    row: Row
    disputed: bool = False


def authored(
    *,
    stream: Stream,
    kind: str,
    code: str,
    occurred_at: datetime,
    now: datetime,
    actor_organisation: str | None,
    person: str | None = None,
    body: Mapping[str, Any] | None = None,
    subjects: Sequence[str] = (),
    source: str | None = None,
    id: UUID | None = None,  # noqa: A002 - the name of the field
) -> Row:
    """Make a row that no device wrote: no skew, the time as stated but never after its receipt."""
    content = Content(
        id=id or new_id(now),
        stream=stream,
        kind=kind,
        code=code,
        occurred_at=utc(occurred_at),
        organisation=actor_organisation,
        person=person,
        body=dict(body or {}),
        subjects=tuple(subjects),
        source=source,
    )
    corrected = min(content.occurred_at, utc(now))
    return Row(
        content=content, received_at=utc(now), corrected_at=corrected, content_hash=content_hash(content)
    )


async def record(rows: Sequence[Row], locked: Collection[str] | None = None) -> dict[UUID, Outcome]:
    """Record rows in the open unit of work and refresh what they change; the number of statements is constant.

    The answer has each id once. A second content for an id, in this batch or before it, is kept beside the first one.
    Codes are locked in one order, so that batches which overlap wait for each other and never deadlock; `locked`
    are codes which the caller has locked already, with all that `lock_codes` would have found.
    """
    if not rows:
        return {}
    hashed = [_with_hash(row) for row in rows]
    firsts: dict[UUID, Row] = {}
    for row in hashed:
        firsts.setdefault(row.content.id, row)
    codes = {row.content.code for row in hashed}
    named = {subject for row in hashed for subject in row.content.subjects}
    if locked is None:
        locked = await repository.lock_codes(codes | named)
    new, subjects = await repository.add_rows(list(firsts.values()), codes)
    earlier = await repository.find_rows(firsts.keys() - new)
    kept = {id_: firsts[id_] if id_ in new else earlier[id_][0] for id_ in firsts}
    others = [row for row in hashed if row.content_hash != kept[row.content.id].content_hash]
    disputed = await _dispute(others, kept)
    await _refresh(new | disputed, hashed, kept, locked, subjects)
    contested = {row.content.id for row in others}
    return {
        id_: Outcome(
            status="other" if id_ in contested else "new" if id_ in new else "same",
            row=row,
            disputed=id_ in contested or (id_ in earlier and earlier[id_][1]),
        )
        for id_, row in kept.items()
    }


async def _dispute(others: Sequence[Row], kept: Mapping[UUID, Row]) -> set[UUID]:
    """Keep the other contents, and with them the first one; gives the ids for which that was news."""
    if not others:
        return set()
    contents = {(row.content.id, row.content_hash): row for row in others}
    contents |= {(id_, kept[id_].content_hash): kept[id_] for id_, _ in list(contents)}
    return await repository.add_disputes(contents.values())


async def _refresh(
    changed: Collection[UUID],
    rows: Sequence[Row],
    kept: Mapping[UUID, Row],
    locked: Collection[str],
    subjects: Collection[str],
) -> None:
    touched = [row for row in (*rows, *kept.values()) if row.content.id in changed]
    if not touched:
        return
    # A record settles something for all it names; a scan that names its container changes only its own piece.
    records = [row for row in touched if row.content.stream is Stream.RECORD]
    affected = {row.content.code for row in touched} | {
        code for row in records for code in row.content.subjects
    }
    affected |= set(subjects)
    if late := affected - set(locked):
        await repository.lock_more(late)
    told = affected - {row.content.code for row in touched}
    told |= {row.content.code for row in touched if row.content.stream is not Stream.SCAN}
    await run_projectors(Touched(affected, told, locked))


def _with_hash(row: Row) -> Row:
    return row if row.content_hash else msgspec.structs.replace(row, content_hash=content_hash(row.content))
