"""Whatever a superuser of the database does to covered rows is found against a checkpoint that somebody else kept."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from postal import db
from postal.proof import repository
from postal.proof.rules.entries import entry
from postal.proof.rules.tree import leaf_hash
from postal.proof.signing import rotate
from postal.proof.verification import Kept, LogVerification, entries, verify_log
from tests.conftest import settings_of
from tests.factories.ledger import NOW, row
from tests.factories.proof import Log, recorded, rows_recorded

TAMPERS = 1_000 if os.environ.get("POSTAL_TEST_PROFILE") == "full" else 100
COVERED, BEYOND = 24, 4

Tamper = Callable[[random.Random, list[Any]], Any]


class Undone(Exception):
    """Takes back what was done, and brings out what was found."""


class House:
    """A log with some rows, what somebody kept of it, and a connection that may do anything."""

    def __init__(self, log: Log, kept: Kept, ids: list[str]) -> None:
        self.log, self.kept, self.ids = log, kept, ids

    async def tampered(
        self, *statements: tuple[Any, ...], relog: bool = False
    ) -> tuple[LogVerification, ...]:
        """Do something to the database, verify against root and leaves that were kept, and take it back."""
        try:
            async with db.shared_unit_of_work():
                await db.execute("SET LOCAL session_replication_role = replica")
                for statement, *values in statements:
                    counted = f"WITH done AS ({statement} RETURNING 1) SELECT count(*) FROM done"
                    assert await db.fetch_value(counted, *values) > 0, statement
                if relog:
                    await self.log_anew()
                root_alone = Kept(self.kept.size, self.kept.root)
                raise Undone(await verify_log([root_alone]), await verify_log([self.kept]))
        except Undone as undone:
            return undone.args

    async def log_anew(self) -> None:
        """Make all of the log's tables agree with the rows, checkpoints included, as one who owns every key could."""
        for table in ("proof_leaf", "proof_node", "proof_checkpoint", "proof_key"):
            await db.execute(f"DELETE FROM {table}")
        rotate(self.log.settings, "log")
        (self.log.settings.folder / "log_signed").unlink(missing_ok=True)
        await self.log.gather()
        assert (await verify_log()).is_well


@pytest.fixture
async def house(database, postgres, tmp_path, monkeypatch):
    monkeypatch.setattr("postal.registry.projectors", tuple)
    log = Log(tmp_path)
    await rows_recorded(COVERED)
    await log.gather()
    checkpoint = await log.checkpoint()
    leaves, ids = [], []
    async for placed, text in entries():
        leaves.append(leaf_hash(text))
        ids.append(str(placed.row.content.id))
    await rows_recorded(BEYOND)
    await db.stop()
    superuser = settings_of(postgres, "shared")
    await db.start(replace(superuser, dsn=postgres.dsn_of("postgres", "shared")))
    return House(log, Kept(checkpoint.size, checkpoint.root, tuple(leaves)), ids)


CHANGES = (
    'body = body || \'{{"place": "BC-{n}"}}\'',
    "body = NULL",
    "occurred_at = occurred_at + interval '{n} milliseconds'",
    "received_at = received_at - interval '{n} seconds'",
    "corrected_at = corrected_at + interval '{n} microseconds'",
    "skew_ms = coalesce(skew_ms, 0) + {n}",
    "uncertainty_ms = uncertainty_ms + {n}",
    "person = 'NV-{n}X'",
    "organisation = 'BC-X{n}'",
    "kind = kind || '{n}'",
    "code = code || '{n}'",
    "verdict = 'x{n}'",
    "device = NULL",
    "seq = seq + {n}",
    "subjects = ARRAY['DH{n}']",
    "source = 'elsewhere{n}'",
)
INSERT = """
INSERT INTO ledger (
    id, occurred_at, received_at, corrected_at, uncertainty_ms, stream, hash_version, kind, code, verdict,
    content_hash, position, turn
)
SELECT $2::uuid, occurred_at, received_at, corrected_at, uncertainty_ms, stream, hash_version, kind, code, verdict,
    content_hash, position, coalesce(turn, 0) + 1
FROM ledger WHERE id = $1::uuid
"""
SWAP_PLACES = """
UPDATE ledger SET position = other.position, turn = other.turn
FROM ledger AS other
WHERE (ledger.id, other.id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))
"""
SWAP_BODIES = """
UPDATE ledger SET code = other.code, received_at = other.received_at
FROM ledger AS other
WHERE (ledger.id, other.id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))
"""


def tampering(numbers: random.Random, ids: list[str]):
    """Think of something: the statement, and the rows that must be named for it."""
    what = numbers.randrange(6)
    one, other = numbers.sample(ids, 2)
    if what == 0:
        return ("DELETE FROM ledger WHERE id = $1::uuid", one), {ids.index(one)}
    if what == 1:
        # Behind the last covered row it would be no row that the kept checkpoint speaks of.
        one = numbers.choice(ids[:-1])
        made = str(row().content.id)
        return (INSERT, one, made), {made}
    if what == 2:
        return (SWAP_PLACES, one, other), set()
    if what == 3:
        return (SWAP_BODIES, one, other), {one, other}
    change = numbers.choice(CHANGES).format(n=numbers.randrange(1, 10**6))
    return (f"UPDATE ledger SET {change} WHERE id = $1::uuid", one), {one}


@pytest.mark.timeout(300)
async def test_every_tampering_with_covered_rows_is_found_and_named(house):
    numbers = random.Random(20261122)
    for number in range(TAMPERS):
        statement, named = tampering(numbers, house.ids)
        # Every third time the log's own tables are made to fit, with another key, so that only what was kept tells.
        against_root, against_leaves = await house.tampered(statement, relog=number % 3 == 0)
        assert COVERED in against_root.broken, statement
        assert not against_leaves.is_well
        assert named <= {*against_leaves.changed, *against_leaves.gone}, (statement, against_leaves)
        assert against_leaves.changed or against_leaves.moved or against_leaves.gone, statement
        if number % 10 == 0:
            assert (await verify_log([house.kept])).is_well, "nothing was done, and nothing is found"
    assert (await verify_log([house.kept])).is_well


async def test_where_only_the_rows_were_changed_the_log_itself_names_them(house):
    change = ("UPDATE ledger SET person = 'NV-X' WHERE id = $1::uuid", house.ids[3])
    found, _ = await house.tampered(change)
    assert found.changed == (house.ids[3],)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proof_leaf SET hashes = set_byte(hashes, 7, get_byte(hashes, 7) # 1) WHERE first = 0",
        "DELETE FROM proof_leaf WHERE first = 0",
        "UPDATE proof_checkpoint SET root = set_byte(root, 0, get_byte(root, 0) # 1) WHERE number = 1",
        "UPDATE proof_checkpoint SET note = replace(note, '24', '23') WHERE number = 1",
        "UPDATE proof_key SET public_key = set_byte(public_key, 0, get_byte(public_key, 0) # 1)",
    ],
)
async def test_what_was_changed_in_the_logs_own_tables_is_found(house, statement):
    found, _ = await house.tampered((statement,))
    assert not found.is_well


async def test_what_no_kept_checkpoint_covers_is_not_found(house):
    """The rows of the last seconds: stated, not hidden. The next checkpoint ends it."""
    newest = await db.fetch_value(
        "SELECT id FROM ledger ORDER BY position DESC, turn DESC NULLS LAST LIMIT 1"
    )
    assert str(newest) not in house.ids
    change = ("UPDATE ledger SET person = 'NV-X' WHERE id = $1::uuid", str(newest))
    assert all(found.is_well for found in await house.tampered(change))


async def test_a_log_that_was_made_anew_is_not_found_where_nobody_kept_anything(house):
    try:
        async with db.shared_unit_of_work():
            await db.execute("SET LOCAL session_replication_role = replica")
            await db.execute("UPDATE ledger SET person = 'NV-X' WHERE id = $1::uuid", house.ids[0])
            await house.log_anew()
            raise Undone(await verify_log(), await verify_log([Kept(house.kept.size, house.kept.root)]))
    except Undone as undone:
        without, against = undone.args
    assert without.is_well
    assert COVERED in against.broken


async def test_a_lie_at_the_entry_is_in_the_log_like_the_truth(house):
    await recorded(row(person="NV-WHO-WAS-NOT-THERE"))
    await house.log.gather(NOW)
    assert (await verify_log([house.kept])).is_well


async def test_changing_the_ledger_and_its_content_hash_together_is_found(house):
    [(placed, text)] = [each async for each in entries()][:1]
    change = (
        "UPDATE ledger SET person = 'NV-X', content_hash = sha256('x') WHERE id = $1::uuid",
        str(placed.row.content.id),
    )
    found, _ = await house.tampered(change, relog=True)
    assert COVERED in found.broken
    assert text != entry(replace(placed.row, verdict="x"))
    assert await repository.newest() is not None
