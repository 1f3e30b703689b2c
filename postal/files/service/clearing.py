"""What the worker clears away: uploads that nobody completed, and bytes that nobody can open any more."""

import asyncio
from datetime import datetime, timedelta

import structlog

from postal.db import unit_of_work
from postal.files import repository
from postal.files.storage import SHARDS
from postal.files.vault import Vault

AT_ONCE = 200
BEGUN_KEPT = timedelta(days=1)
"""Bytes that were begun and never kept: of requests that broke off, or of a process that was killed."""

UNKNOWN_KEPT = timedelta(days=30)
"""Bytes that no table knows: long, since a database that was put back by a restore does not know the newest ones."""

log = structlog.get_logger("postal.files")


async def clear(vault: Vault, *, now: datetime, machine_now: datetime, turn: int) -> int:
    """Clear expired uploads, and one of the storage's shards, by turns; gives how many files went."""
    async with unit_of_work():
        gone = await repository.drop_uploads(now, AT_ONCE)
    gone += await _unknown(vault, machine_now, turn % SHARDS)
    for address in gone:
        await asyncio.to_thread(vault.storage.delete, address)
    begun = (machine_now - BEGUN_KEPT).timestamp()
    broken_off = await asyncio.to_thread(vault.storage.clear, begun)
    if gone or broken_off:
        log.info("files cleared", files=len(gone), broken_off=broken_off)
    return len(gone) + broken_off


async def _unknown(vault: Vault, machine_now: datetime, shard: int) -> list[str]:
    before = (machine_now - UNKNOWN_KEPT).timestamp()
    there = await asyncio.to_thread(lambda: list(vault.storage.addresses(shard)))
    old = [address for address, written in there if written < before]
    return await repository.unknown_addresses(old) if old else []
