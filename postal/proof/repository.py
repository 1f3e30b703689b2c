"""Every SQL statement of the log: leaves, stored nodes, checkpoints and public keys. All are only ever added."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from postal.db import execute, fetch, fetch_row, fetch_value
from postal.ledger.positions import Place
from postal.proof.rules.tree import HASH_SIZE, TILE, TILE_HEIGHT, Subtree

# Any number that only this work uses.
LOCK = 7_031_188_056
TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1)"
LAST_LEAVES = """
SELECT first + octet_length(hashes) / 32 AS size, last_position, last_turn, last_id, last_part
FROM proof_leaf
ORDER BY first DESC
LIMIT 1
"""
LEAVES_AT = """
SELECT
    first,
    hashes,
    first = 0 OR first = (
        SELECT before.first + octet_length(before.hashes) / 32
        FROM proof_leaf AS before
        WHERE before.first < proof_leaf.first
        ORDER BY before.first DESC
        LIMIT 1
    ) AS whole
FROM proof_leaf
WHERE (last_position, last_turn, last_id, last_part) >= ($1, $2, $3, $4)
ORDER BY last_position, last_turn, last_id, last_part
LIMIT 1
"""
# Rows never cross a multiple of 256, so those of a subtree of 256 begin within it.
LEAVES_OF_TILES = """
SELECT proof_leaf.first, proof_leaf.hashes
FROM unnest($1::bigint[]) AS tile (index)
CROSS JOIN LATERAL (
    SELECT first, hashes FROM proof_leaf
    WHERE first >= tile.index * 256 AND first < (tile.index + 1) * 256
    OFFSET 0
) AS proof_leaf
"""
NODES = """
SELECT proof_node.height, proof_node.index, proof_node.hash
FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS wanted (height, low, high)
JOIN proof_node ON proof_node.height = wanted.height AND proof_node.index >= wanted.low
    AND proof_node.index < wanted.high
"""
ADD_LEAVES = """
INSERT INTO proof_leaf (first, hashes, last_position, last_turn, last_id, last_part)
SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[], $5::uuid[], $6::bytea[])
"""
ADD_NODES = """
INSERT INTO proof_node (height, index, hash) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
"""
ADD_CHECKPOINT = """
INSERT INTO proof_checkpoint (number, size, signed_at, era, eras, root, key_id, note)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
NEWEST = "SELECT * FROM proof_checkpoint ORDER BY number DESC LIMIT 1"
COVERING = "SELECT * FROM proof_checkpoint WHERE size > $1 ORDER BY size, number LIMIT 1"
SIGNED_FROM = "SELECT * FROM proof_checkpoint WHERE signed_at >= $1 ORDER BY number LIMIT 1"
ROOTS = "SELECT DISTINCT size, root FROM proof_checkpoint"
ALL_NODES = "SELECT height, index, hash FROM proof_node"
LEAVES_FROM = "SELECT first, hashes FROM proof_leaf WHERE first > $1 ORDER BY first LIMIT 500"
ADD_KEY = """
INSERT INTO proof_key (public_key, role, name, valid_from)
SELECT $1, $2, $3, $4
WHERE NOT EXISTS (SELECT FROM proof_key WHERE public_key = $1)
ON CONFLICT DO NOTHING
"""
KEYS = """
SELECT public_key, role, name, valid_from,
    lead(valid_from) OVER (PARTITION BY role ORDER BY valid_from, public_key) AS valid_to
FROM proof_key
ORDER BY role, valid_from, public_key
"""
OLDEST_BEHIND = """
SELECT min(received_at) AS oldest
FROM (
    (
        SELECT received_at
        FROM ledger
        WHERE position > 0 AND position >> 4 >= $1::bigint >> 4
        AND (position, COALESCE(turn, 0), id) > ($1::bigint, $2::bigint, $3::uuid)
        ORDER BY position >> 4
        LIMIT 1000
    )
    UNION ALL
    (SELECT received_at FROM ledger WHERE $1::bigint = 0 AND position = 0 AND id > $3::uuid ORDER BY id LIMIT 1000)
    UNION ALL
    (
        SELECT received_at
        FROM ledger_dispute
        WHERE position >= $1::bigint
        AND (position, COALESCE(turn, 0), id, content_hash) > ($1::bigint, $2::bigint, $3::uuid, $4::bytea)
        ORDER BY position
        LIMIT 1000
    )
) AS behind
"""


class Stored(Struct, frozen=True, kw_only=True):
    """A checkpoint as it was published."""

    number: int
    size: int
    signed_at: datetime
    era: int
    eras: dict[int, int]
    root: bytes
    key_id: bytes
    note: str


class PublicKey(Struct, frozen=True, kw_only=True):
    """A public key, and from when to when it signs; `valid_to` is open for the one in use."""

    public_key: bytes
    role: str
    name: str
    valid_from: datetime
    valid_to: datetime | None


async def try_lock() -> bool:
    """Keep other gatherers away until the end of the unit of work; False when one is at it."""
    return bool(await fetch_value(TRY_LOCK, LOCK))


async def end() -> tuple[int, Place]:
    """Give the number of leaves, and where in the ledger the last one stands."""
    row = await fetch_row(LAST_LEAVES)
    return (row["size"], _place(row)) if row is not None else (0, Place())


async def era() -> int:
    """Give the present era of the feed, which a restore begins anew."""
    return int(await fetch_value("SELECT max(era) FROM feed_era"))


async def add_leaves(first: int, leaves: Sequence[tuple[bytes, Place]]) -> None:
    """Add hashes of leaves from a number on, with their places."""
    columns: list[tuple[Any, ...]] = []
    at = 0
    while at < len(leaves):
        some = leaves[at : at + TILE - (first + at) % TILE]
        last = some[-1][1]
        hashes = b"".join(leaf for leaf, _ in some)
        columns.append((first + at, hashes, last.position, last.turn, last.id, last.part))
        at += len(some)
    await execute(ADD_LEAVES, *map(list, zip(*columns, strict=True)))


async def add_nodes(nodes: Sequence[tuple[Subtree, bytes]]) -> None:
    """Add the hashes of complete subtrees."""
    if nodes:
        await execute(
            ADD_NODES,
            [part.height for part, _ in nodes],
            [part.index for part, _ in nodes],
            [known for _, known in nodes],
        )


async def known_hashes(parts: Collection[Subtree]) -> dict[Subtree, bytes]:
    """Read the leaves and stored nodes that some subtrees are made of, in two statements at most.

    What was not kept is left out.
    """
    found: dict[Subtree, bytes] = {}
    tiles = sorted(
        {(part.index << part.height) >> TILE_HEIGHT for part in parts if part.height < TILE_HEIGHT}
    )
    for row in await fetch(LEAVES_OF_TILES, tiles) if tiles else ():
        for at, leaf in enumerate(cut(row["hashes"])):
            found[Subtree(0, row["first"] + at)] = leaf
    higher = sorted({part for part in parts if part.height >= TILE_HEIGHT})
    if higher:
        beneath = [
            (part.height - part.height % TILE_HEIGHT, part.height % TILE_HEIGHT, part) for part in higher
        ]
        rows = await fetch(
            NODES,
            [height for height, _, _ in beneath],
            [part.index << more for _, more, part in beneath],
            [(part.index + 1) << more for _, more, part in beneath],
        )
        found |= {Subtree(row["height"], row["index"]): row["hash"] for row in rows}
    return found


async def leaves_around(place: Place) -> tuple[int, list[bytes], bool] | None:
    """Give the leaves that were gathered with a row, if it was, and the number of the first one.

    Last comes whether those gathered before them are kept; if not, the row may have been among these.
    """
    row = await fetch_row(LEAVES_AT, place.position, place.turn, place.id, place.part)
    return (row["first"], cut(row["hashes"]), bool(row["whole"])) if row is not None else None


async def add_checkpoint(stored: Stored) -> None:
    """Add a checkpoint."""
    await execute(
        ADD_CHECKPOINT,
        stored.number,
        stored.size,
        stored.signed_at,
        stored.era,
        " ".join(f"{era}:{begun}" for era, begun in sorted(stored.eras.items())),
        stored.root,
        stored.key_id,
        stored.note,
    )


async def newest() -> Stored | None:
    """Give the last checkpoint."""
    return _stored(await fetch_row(NEWEST))


async def covering(index: int) -> Stored | None:
    """Give the first checkpoint of a log that has a leaf of this number."""
    return _stored(await fetch_row(COVERING, index))


async def signed_from(at: datetime) -> Stored | None:
    """Give the first checkpoint that was signed at an instant or later."""
    return _stored(await fetch_row(SIGNED_FROM, at))


async def roots() -> list[tuple[int, bytes]]:
    """List size and root of every checkpoint."""
    return [(row["size"], row["root"]) for row in await fetch(ROOTS)]


async def nodes() -> set[tuple[int, int, bytes]]:
    """List every stored node: height, number and hash."""
    return {(row["height"], row["index"], row["hash"]) for row in await fetch(ALL_NODES)}


async def stored_leaves() -> AsyncIterator[bytes]:
    """Give every stored leaf, in order."""
    last = -1
    while rows := await fetch(LEAVES_FROM, last):
        for row in rows:
            for leaf in cut(row["hashes"]):
                yield leaf
        last = rows[-1]["first"]


async def add_key(public: bytes, role: str, name: str, now: datetime) -> None:
    """Publish a key from now on, if it is not yet."""
    await execute(ADD_KEY, public, role, name, now)


async def keys() -> list[PublicKey]:
    """List the public keys."""
    return [PublicKey(**dict(row)) for row in await fetch(KEYS)]


async def oldest_behind(place: Place) -> datetime | None:
    """Tell when the first row behind a place was received, which the log does not have yet."""
    oldest: datetime | None = await fetch_value(
        OLDEST_BEHIND, place.position, place.turn, place.id, place.part
    )
    return oldest


def cut(hashes: bytes) -> list[bytes]:
    """Cut what is stored together into single hashes."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def _place(row: Any) -> Place:
    return Place(row["last_position"], row["last_turn"], row["last_id"], row["last_part"])


def _stored(row: Any) -> Stored | None:
    if row is None:
        return None
    eras = {int(era): int(begun) for era, _, begun in (one.partition(":") for one in row["eras"].split(" "))}
    return Stored(**{**dict(row), "eras": eras})
