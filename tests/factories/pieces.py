"""Scans for tests, authored without a device."""

from datetime import datetime

from postal.db import unit_of_work
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record


def a_scan(kind: str, code: str, by: str, at: datetime, **body) -> Row:
    """Write one scan of an organisation."""
    container = body.get("container")
    return authored(
        stream=Stream.SCAN,
        kind=kind,
        code=code,
        occurred_at=at,
        now=at,
        actor_organisation=by,
        person="NV-1",
        body={name: value for name, value in body.items() if value is not None},
        subjects=(container,) if container and kind in {"pack", "unpack"} else (),
    )


async def scan(kind: str, code: str, by: str, at: datetime, **body) -> None:
    """Record one scan of an organisation."""
    async with unit_of_work():
        await record([a_scan(kind, code, by, at, **body)])
