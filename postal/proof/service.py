"""The log: gathering ledger rows into it, signing its state, proving what is in it.

What is found out: any change, insertion, deletion or move of a row which a checkpoint covers that somebody else kept,
also by the owner of the database. What is not: what was entered untruly; rows that no kept checkpoint covers yet
(those of the last seconds); and a log that was rewritten with all its checkpoints and keys while nobody kept one.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog
from msgspec import Struct

from postal import clock
from postal.config import Settings
from postal.db import unit_of_work
from postal.errors import Conflict, NotFound, Unprocessable
from postal.ledger.positions import Placed, place_of, rows_behind
from postal.ledger.rules import Row
from postal.proof import repository
from postal.proof.repository import PublicKey, Stored
from postal.proof.rules.entries import entry
from postal.proof.rules.notes import Checkpoint, checkpoint_text
from postal.proof.rules.tree import (
    EMPTY_ROOT,
    TILE_HEIGHT,
    Frontier,
    Range,
    Subtree,
    consistency_ranges,
    folded,
    hashes_of,
    inclusion_ranges,
    leaf_hash,
    needed,
    parts,
)
from postal.proof.signing import Memory, Signer, log_signer

EVERY_S = 2.0
BATCH = 4_000

log = structlog.get_logger("postal.proof")


class Gathered(Struct, frozen=True):
    """What one gathering did: how many rows came in, and whether there may be more at once."""

    rows: int
    more: bool


class Proof(Struct, frozen=True, kw_only=True):
    """A leaf, the checkpoint that covers it, and the path between them."""

    index: int
    path: list[bytes]
    checkpoint: Stored


async def keep_gathering(settings: Settings) -> None:
    """Gather until cancelled, a little after what was written (a part of the worker)."""
    memory = Memory(settings)
    while True:
        gathered = await gather(log_signer(settings), memory, await clock.now())
        if gathered is None or not gathered.more:
            await asyncio.sleep(EVERY_S)


async def gather(signer: Signer, memory: Memory, now: datetime, most: int = BATCH) -> Gathered | None:
    """Take up to `most` rows into the log and sign its new state; None when another process is at it.

    Rows come in the order of commits and only when none can come before them any more. Signs anew without rows when
    nothing was signed yet, an era has begun, or the key is another one.

    Raises:
        Conflict: The log does not continue what was signed here last; nothing was done.
    """
    async with unit_of_work():
        if not await repository.try_lock():
            return None
        size, place = await repository.end()
        rows = await rows_behind(place, most)
        last, era = await repository.newest(), await repository.era()
        if not rows and last is not None and (last.era, last.key_id) == (era, signer.key_id):
            return Gathered(0, more=False)
        signed = await asyncio.to_thread(memory.last, f"{signer.name}/{era}")
        if signed is not None and signed[0] <= size:
            _must_be(signed[1], await root_at(signed[0]))
        root = await _append(size, rows, signed)
        eras = last.eras if last is not None else {}
        state = Checkpoint(
            log=signer.name,
            era=era,
            size=size + len(rows),
            root=root,
            at=now,
            eras=eras if era in eras else {**eras, era: size},
        )
        await _publish(state, last.number + 1 if last is not None else 1, signer, memory)
    return Gathered(len(rows), more=len(rows) == most)


async def _append(size: int, rows: Sequence[Placed], signed: tuple[int, bytes] | None) -> bytes:
    """Add leaves to a log of some size and give its root; `signed` are size and root of what it must pass through."""
    whole = list(parts((0, size)))
    frontier = Frontier(size, await _hashes([_range(part) for part in whole]))
    leaves, nodes = [], []
    for each in rows:
        leaf = leaf_hash(entry(each.row, disputed=each.disputed))
        leaves.append((leaf, each.place))
        nodes += frontier.append(leaf)
        if signed is not None and signed[0] == frontier.size:
            _must_be(signed[1], frontier.root())
    if signed is not None and signed[0] > frontier.size:
        _must_be(signed[1], b"")
    if leaves:
        await repository.add_leaves(size, leaves)
        await repository.add_nodes(nodes)
    return frontier.root()


def _must_be(signed: bytes, root: bytes) -> None:
    if signed != root:
        raise Conflict(
            "proof.would_fork",
            vi="Cơ sở dữ liệu đã lùi về trước hoặc bị sửa so với điểm kiểm đã ký; hãy chạy postal db up nếu vừa khôi"
            " phục, nếu không hãy điều tra.",
            en="The database was set back or changed behind a signed checkpoint; run postal db up if it was restored,"
            " or look into it.",
        )


async def _publish(state: Checkpoint, number: int, signer: Signer, memory: Memory) -> None:
    await repository.add_key(signer.public, signer.role, signer.name, state.at)
    note = signer.note(checkpoint_text(state))
    # Before anybody can see it: what is remembered and then not committed comes out the same the next time.
    await asyncio.to_thread(memory.remember, note)
    await repository.add_checkpoint(
        Stored(
            number=number,
            size=state.size,
            signed_at=state.at,
            era=state.era,
            eras=state.eras,
            root=state.root,
            key_id=signer.key_id,
            note=note,
        )
    )


async def checkpoint() -> Stored:
    """Give the newest checkpoint."""
    found = await repository.newest()
    if found is None:
        raise NotFound(
            "proof.no_checkpoint",
            vi="Sổ chưa có điểm kiểm nào; hãy thử lại sau vài giây",
            en="There is no checkpoint yet; try again in a few seconds",
        )
    return found


async def keys() -> list[PublicKey]:
    """List the public keys of log and promises."""
    return await repository.keys()


async def inclusion(row: Row) -> Proof | None:
    """Prove that the log has a row; None while it has not.

    Raises:
        Conflict: The row is no longer what the log has, or the log's leaves of that time are not kept any more.
    """
    place = await place_of(row.content.id)
    around = await repository.leaves_around(place) if place is not None else None
    if around is None:
        return None
    first, leaves, whole = around
    leaf = leaf_hash(entry(row))
    if leaf not in leaves and not whole:
        raise _older_than_log()
    if leaf not in leaves:
        raise Conflict(
            "proof.row_altered",
            vi="Dòng này khác với dòng mà sổ đã ghi; hãy chạy postal verify và điều tra",
            en="This row is not the one that the log has; run postal verify and look into it",
        )
    index = first + leaves.index(leaf)
    covering = await repository.covering(index)
    if covering is None:
        return None
    return Proof(index=index, path=await path_of(index, covering.size), checkpoint=covering)


async def path_of(index: int, size: int) -> list[bytes]:
    """Give the path of a leaf in the log as it was with `size` leaves."""
    await _refuse_beyond(index + 1, size)
    return await _hashes(inclusion_ranges(index, size))


async def consistency(old: int, new: int) -> list[bytes]:
    """Prove that the log with `new` leaves continues the one with `old`."""
    await _refuse_beyond(old, new)
    return await _hashes(consistency_ranges(old, new))


async def leaves(first: int, most: int) -> list[bytes]:
    """List hashes of leaves from a number on, to the end of their subtree of `most`."""
    end, _ = await repository.end()
    wanted = [Subtree(0, index) for index in range(first, min(end, first - first % most + most))]
    known = await repository.known_hashes(wanted)
    found = [known[part] for part in wanted if part in known]
    if len(found) < len(wanted):
        raise _older_than_log()
    return found


async def root_at(size: int) -> bytes:
    """Give the root of the log as it was with `size` leaves."""
    return (await _hashes([(0, size)]))[0] if size else EMPTY_ROOT


async def _refuse_beyond(low: int, high: int) -> None:
    end, _ = await repository.end()
    if not 0 < low <= high <= end:
        raise Unprocessable(
            "proof.beyond",
            vi=f"Sổ chỉ có {end} dòng; hãy hỏi trong khoảng đó, số nhỏ trước",
            en=f"The log has {end} rows; ask within these, the smaller number first",
            size=end,
        )


async def _hashes(ranges: Sequence[Range]) -> list[bytes]:
    """Give the roots over ranges, from what is stored."""
    known = await repository.known_hashes(set(needed(ranges)))

    def node(part: Subtree) -> bytes:
        more = part.height % TILE_HEIGHT
        low, high = part.index << more, (part.index + 1) << more
        beneath = [known.get(Subtree(part.height - more, index)) for index in range(low, high)]
        if None in beneath:
            raise _older_than_log()
        return folded([one for one in beneath if one is not None])

    return hashes_of(ranges, node)


def _older_than_log() -> Conflict:
    return Conflict(
        "receipt.older_than_log",
        vi="Sổ không còn giữ phần này; biên nhận đã lấy trước đây vẫn có giá trị với điểm kiểm đi kèm",
        en="The log does not keep this part any more; a receipt taken before is still good with its checkpoint",
    )


def _range(part: Subtree) -> Range:
    return part.index << part.height, (part.index + 1) << part.height
