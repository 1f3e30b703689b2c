"""Every SQL statement of reconciliation."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from manifests.manifests.rules import Manifest
from manifests.reconciliation.rules import DeviceCoverage, PlainLine, Sync
from postal.db import execute, fetch, load_sql
from postal.identity.repository.scans import OnDuty
from shipments.pieces.rules import CodeKind, kind_of

COVERAGE = load_sql(__package__, "coverage.sql")
OTHER_MANIFESTS = load_sql(__package__, "other_manifests.sql")
LATE = load_sql(__package__, "late.sql")
PLAIN = load_sql(__package__, "plain.sql")
TAKE_DUE = load_sql(__package__, "take_due.sql")
UNLISTED = """
SELECT piece FROM manifest_scan WHERE manifest = $1
EXCEPT
SELECT piece FROM manifest_line WHERE manifest = $1
"""

PUT_LOOKS = """
INSERT INTO manifest_look (manifest, due_at)
SELECT * FROM unnest($1::text[], $2::timestamptz[])
ON CONFLICT (manifest) DO UPDATE SET due_at = EXCLUDED.due_at
"""

_SYNC = msgspec.json.Decoder(Sync | None)
_RANGES = msgspec.json.Decoder(tuple[tuple[int, int], ...])


class OtherManifest(Struct, frozen=True):
    """Another sealed manifest that a piece is on, while it lasted."""

    piece: str
    code: str
    giver: str
    sealed_at: datetime
    ended_at: datetime | None
    cancelled: bool


async def scanned_under(manifest: str) -> set[str]:
    """List the pieces that were scanned under a manifest, on its list or not."""
    rows = await fetch("SELECT piece FROM manifest_scan WHERE manifest = $1", manifest)
    return {row["piece"] for row in rows}


class SummedLine(Struct, frozen=True):
    """A line of a sealed manifest, and in `plain` what it comes to, unless something odd was said of it."""

    piece: str
    n: int
    destination: str | None
    until: datetime | None
    holder: str | None
    plain: PlainLine | None


async def summed_lines(manifest: Manifest, as_of: datetime) -> list[SummedLine]:
    """Sum up the lines of a sealed manifest in one statement, as known now (`as_of` bounds what was received)."""
    rows = await fetch(
        PLAIN,
        manifest.code,
        manifest.giver,
        manifest.carrier,
        manifest.receiver,
        manifest.sealed_at,
        as_of,
    )
    return [_summed(row) for row in rows]


def _summed(row: Any) -> SummedLine:
    piece, n, destination, until, claims, given, taken, given_by, taken_by, first, last, carriers, odd = row
    # What is in a bag is judged with it, by the rows of both.
    plain = (
        None
        if odd or kind_of(piece) is CodeKind.BAG
        else PlainLine(
            piece=piece,
            n=n,
            given=tuple(given) if given else (),
            taken=tuple(taken) if taken else (),
            given_by=given_by,
            taken_by=taken_by,
            first_arrival=first,
            last_arrival=last,
            carriers=tuple(carriers) if carriers else (),
        )
    )
    return SummedLine(piece, n, destination, until, claims[0] if claims else None, plain)


async def scanned_unlisted(manifest: str) -> set[str]:
    """List the pieces that were scanned under a manifest and are not on its list."""
    return {row["piece"] for row in await fetch(UNLISTED, manifest)}


async def other_manifests(pieces: Collection[str], manifest: str, as_of: datetime) -> list[OtherManifest]:
    """List the other manifests that pieces are on, in the order of their sealing."""
    rows = await fetch(OTHER_MANIFESTS, list(pieces), manifest, as_of)
    return [msgspec.convert(dict(row), OtherManifest) for row in rows]


async def coverage_of(
    devices: Collection[OnDuty], as_of: datetime, until: datetime
) -> tuple[DeviceCoverage, ...]:
    """Tell of each device up to when it has told everything, and the sync by which it did so up to `until`."""
    if not devices:
        return ()
    states: dict[str, Any] = {
        row["device"]: row
        for row in await fetch(COVERAGE, sorted({one.device for one in devices}), as_of, until)
    }
    return tuple(
        DeviceCoverage(
            device=one.device,
            organisation=one.organisation,
            covered_until=states[one.device]["covered_until"],
            last_contact=states[one.device]["last_contact"],
            missing=_RANGES.decode(states[one.device]["missing"]),
            told_by=_SYNC.decode(states[one.device]["told_by"] or "null"),
        )
        for one in devices
    )


async def closed_and_late(codes: Collection[str]) -> list[str]:
    """List the closed manifests about which scans of these codes came to light after their closing."""
    return [row["code"] for row in await fetch(LATE, list(codes))]


async def put_looks(due: Mapping[str, datetime | None]) -> None:
    """Say when closed manifests are to be looked at again by themselves; None for never."""
    if never := [code for code, at in due.items() if at is None]:
        await execute("DELETE FROM manifest_look WHERE manifest = ANY($1::text[])", never)
    dated = {code: at for code, at in due.items() if at is not None}
    if dated:
        await execute(PUT_LOOKS, list(dated), list(dated.values()))


async def take_due(now: datetime, limit: int) -> list[str]:
    """Take out the closed manifests whose time has come, the longest due first; nobody else gets them."""
    return [row["code"] for row in await fetch(TAKE_DUE, now, limit)]
