"""The worker's part in files."""

import asyncio

from postal import clock
from postal.config import Settings
from postal.files.service import clear
from postal.files.vault import vault_of

EVERY_S = 300


async def keep_clear(settings: Settings) -> None:
    """Clear away, every five minutes, what nobody completed; all of the storage is looked through once a day."""
    while True:
        machine_now = clock.machine_now()
        turn = int(machine_now.timestamp()) // EVERY_S
        await clear(vault_of(settings), now=await clock.now(), machine_now=machine_now, turn=turn)
        await asyncio.sleep(EVERY_S)
