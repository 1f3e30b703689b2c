"""Closing containers with a seal, and inventories of those whose seal or cover is broken, each in one unit of work."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from postal.db import unit_of_work
from postal.errors import NotFound, Unprocessable
from postal.identity.rules import Actor
from postal.ledger.repository import RowSet, rows_of
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record
from shipments.custody import repository
from shipments.custody.projection import history
from shipments.custody.rules import Custody
from shipments.custody.rules.containers import (
    Inventory,
    holder_of,
    inventory_of,
    refuse_repeated,
    refuse_same_seal,
    refuse_unless_container,
)
from shipments.custody.rules.seals import CLOSED, INVENTORIED, WHOLE
from shipments.custody.rules.wire import Counted
from shipments.pieces.repository import get as get_piece
from shipments.pieces.rules import Refusal, normalise


async def close(code: str, seal: str, *, actor: Actor, now: datetime) -> None:
    """Close a bag or an item under a seal; the record has the list of what is in it.

    Raises:
        Forbidden: The actor does not hold it.
        Conflict: The seal has been on it before.
    """
    refuse_unless_container(await get_piece(code, actor))
    async with unit_of_work():
        locked, _ = await repository.lock({code})
        custody = await _held(code)
        holder = holder_of(custody, actor.sees)
        refuse_same_seal(custody, seal)
        contents = await repository.contents_of(code)
        body = {"seal": {"number": seal, "state": WHOLE}, "contents": contents}
        await record([_record(CLOSED, code, holder, body, (), actor, now)], locked)


async def take_inventory(
    code: str,
    found: Sequence[str],
    *,
    seal: str,
    condition: str,
    counted: Counted | None = None,
    witness: str | None = None,
    actor: Actor,
    now: datetime,
) -> Inventory:
    """Count what is in a broken container, record it, and repack what was found under a new seal.

    Raises:
        Forbidden: The actor does not hold it.
        Conflict: The new seal has been on it before.
        Unprocessable: A found piece has no code's form, or is named twice.
    """
    refuse_unless_container(await get_piece(code, actor))
    pieces = [_readable(typed, index) for index, typed in enumerate(found)]
    refuse_repeated(pieces, code)
    async with unit_of_work():
        locked, _ = await repository.lock({code, *pieces})
        custody = await _held(code)
        holder = holder_of(custody, actor.sees)
        refuse_same_seal(custody, seal)
        listed = await repository.contents_of(code)
        documents = _listed_documents(await rows_of(listed), listed)
        result = inventory_of(custody, listed, pieces, seal, documents, counted)
        body = {
            "seal": {"number": seal, "state": WHOLE},
            "old_seal": result.old_seal,
            "condition": condition,
            "contents": listed,
            "found": pieces,
            "missing": list(result.missing),
            "extra": list(result.extra),
            "listed_documents": documents,
            "counted": msgspec.to_builtins(counted) if counted else None,
            "witness": witness,
        }
        rows = [_record(INVENTORIED, code, holder, body, result.missing, actor, now)]
        rows += [_repacked(piece, code, holder, actor, now) for piece in pieces]
        await record(rows, locked)
    return result


def _readable(typed: str, index: int) -> str:
    code = normalise(typed)
    if isinstance(code, Refusal):
        raise Unprocessable(
            "piece.found_code", vi=code.help_vi, en=code.help_en, pointer=f"/found/{index}", piece=typed
        )
    return code


async def _held(code: str) -> Custody:
    custody = await history(code)
    if custody is None:
        raise NotFound("piece.not_found", vi="Không tìm thấy mã này.", en="There is no such code.")
    return custody


def _listed_documents(rows: Mapping[str, RowSet], listed: Sequence[str]) -> int | None:
    """Add up the documents that were last counted in each piece; None where nobody ever counted any."""
    last: dict[str, tuple[Any, int]] = {}
    for code in listed:
        for row in rows[code].rows:
            documents = (row.content.body.get("counted") or {}).get("documents")
            moment = (row.corrected_at, row.content.id)
            if (
                row.content.code == code
                and documents is not None
                and (code not in last or moment > last[code][0])
            ):
                last[code] = (moment, documents)
    return sum(documents for _, documents in last.values()) if last else None


def _record(
    kind: str,
    code: str,
    holder: str,
    body: Mapping[str, Any],
    subjects: Sequence[str],
    actor: Actor,
    now: datetime,
) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=now,
        now=now,
        actor_organisation=holder,
        person=actor.person,
        body={name: value for name, value in body.items() if value is not None},
        subjects=subjects,
    )


def _repacked(piece: str, container: str, holder: str, actor: Actor, now: datetime) -> Row:
    return authored(
        stream=Stream.SCAN,
        kind="pack",
        code=piece,
        occurred_at=now,
        now=now,
        actor_organisation=holder,
        person=actor.person,
        body={"container": container, "place": holder},
        subjects=(container,),
    )
