"""A log in a test's own hands."""

import base64
import json
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from postal import db
from postal.config import ProofSettings, Settings
from postal.ledger.rules import Row
from postal.ledger.service import record
from postal.proof import repository, service, standalone
from postal.proof.signing import Memory, log_signer
from tests.factories.ledger import NOW, row


class Log:
    """Gathers what the ledger has, and keeps what a holder of receipts would keep."""

    def __init__(self, folder: Path, *, name: str = "postal") -> None:
        self.settings = replace(Settings(), data=str(folder), proof=ProofSettings(name=name))
        self.memory = Memory(self.settings)

    async def gather(self, now: datetime = NOW, most: int = 4_000) -> int:
        """Gather until nothing more is there; gives the number of rows."""
        rows = 0
        while gathered := await service.gather(log_signer(self.settings), self.memory, now, most):
            rows += gathered.rows
            if not gathered.more:
                break
        return rows

    async def keys(self) -> list[standalone.Key]:
        return standalone.keys_of(await self.keys_text())

    async def keys_text(self) -> str:
        listed = [
            {
                "name": one.name,
                "role": one.role,
                "public_key": base64.b64encode(one.public_key).decode(),
                "valid_from": one.valid_from.isoformat(),
                "valid_to": one.valid_to.isoformat() if one.valid_to else None,
            }
            for one in await repository.keys()
        ]
        return json.dumps({"keys": listed})

    async def checkpoint(self) -> standalone.Checkpoint:
        """Give the newest checkpoint, verified."""
        return standalone.checkpoint_of((await service.checkpoint()).note, await self.keys())


async def recorded(*rows: Row) -> None:
    """Put rows into the ledger in one transaction."""
    async with db.unit_of_work():
        await record(rows)


async def rows_recorded(count: int) -> list[Row]:
    """Put so many rows into the ledger, each in a transaction of its own."""
    rows = [row(code=f"DH{number:08}5VN") for number in range(count)]
    for each in rows:
        await recorded(each)
    return rows
