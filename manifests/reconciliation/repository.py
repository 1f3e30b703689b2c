"""Every SQL statement of reconciliation."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from manifests.reconciliation.rules import DeviceCoverage
from postal.db import fetch, load_sql
from postal.identity.repository.scans import OnDuty

COVERAGE = load_sql(__package__, "coverage.sql")
OTHER_MANIFESTS = load_sql(__package__, "other_manifests.sql")
LATE = load_sql(__package__, "late.sql")

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


async def other_manifests(pieces: Collection[str], manifest: str, as_of: datetime) -> list[OtherManifest]:
    """List the other manifests that pieces are on, in the order of their sealing."""
    rows = await fetch(OTHER_MANIFESTS, list(pieces), manifest, as_of)
    return [msgspec.convert(dict(row), OtherManifest) for row in rows]


async def coverage_of(devices: Collection[OnDuty], as_of: datetime) -> tuple[DeviceCoverage, ...]:
    """Tell of each device up to when it has told everything."""
    if not devices:
        return ()
    states: dict[str, Any] = {
        row["device"]: row for row in await fetch(COVERAGE, sorted({one.device for one in devices}), as_of)
    }
    return tuple(
        DeviceCoverage(
            device=one.device,
            organisation=one.organisation,
            covered_until=states[one.device]["covered_until"],
            last_contact=states[one.device]["last_contact"],
            missing=_RANGES.decode(states[one.device]["missing"]),
        )
        for one in devices
    )


async def closed_and_late(codes: Collection[str]) -> list[str]:
    """List the closed manifests about which scans of these codes came to light after their closing."""
    return [row["code"] for row in await fetch(LATE, list(codes))]
