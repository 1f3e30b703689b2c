"""Verifying an export of the log as the standalone program does, against one bare SHA-256 over the same bytes."""

import base64
import hashlib
import random
import tempfile
from pathlib import Path
from time import perf_counter

from postal.clock import machine_now
from postal.proof.rules import Checkpoint, checkpoint_text, entry, key_id, root_of, signed
from postal.proof.rules.tree import leaf_hash
from postal.proof.standalone import Key, check_export, checkpoint_of, lines_of
from tests.benchmarks.measuring import Figure, Size, compared
from tests.benchmarks.pure import JOURNEY, journey
from tests.benchmarks.stage import Stage


async def verifying(_: Stage, size: Size) -> Figure:
    """Verify a file of rows against a kept checkpoint; both read the file, from the page cache."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    numbers = random.Random(7)
    rows = [row for at in range(size.folded // len(JOURNEY)) for row in journey(numbers, at)[1]]
    lines = [entry(row) for row in rows]
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    now = machine_now()
    state = Checkpoint(
        log="postal/log", era=1, size=len(lines), root=root_of(map(leaf_hash, lines)), at=now, eras={1: 0}
    )
    note = signed(checkpoint_text(state), "postal/log", public, key.sign)
    known = [Key("postal/log", "log", public, now.isoformat(), None)]
    assert key_id("postal/log", public)[:4] == base64.b64decode(note.split(" ")[-1])[:4]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.jsonl"
        file.write_bytes(b"".join(line + b"\n" for line in lines))

        async def ours() -> float:
            begun = perf_counter()
            check_export(lines_of(file), checkpoint_of(note, known))
            return (perf_counter() - begun) * 1000

        async def raw() -> float:
            begun = perf_counter()
            hashlib.sha256(file.read_bytes()).digest()
            return (perf_counter() - begun) * 1000

        name = f"verify an export of {len(lines):,} rows"
        figure = await compared(name, "ms", ours, raw, rounds=size.rounds, reach=0.1)
        figure.more["bytes_a_row"] = round(file.stat().st_size / len(lines))
        figure.more["rows_per_second"] = round(len(lines) / figure.ours * 1000)
    return figure
