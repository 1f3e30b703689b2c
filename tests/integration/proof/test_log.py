"""The log has every row of the ledger, in the order of commits, and proves it."""

import asyncio
from datetime import timedelta

import pytest

from postal import db
from postal.db import unit_of_work
from postal.errors import Conflict, Unprocessable
from postal.ledger.positions import Place, rows_behind
from postal.ledger.service import record
from postal.proof import repository, service, standalone
from postal.proof.rules.entries import entry
from postal.proof.rules.tree import TILE, leaf_hash, root_of
from postal.proof.signing import MEMORY, rotate
from tests.factories.ledger import NOW, content, row
from tests.factories.proof import Log, recorded, rows_recorded


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setattr("postal.registry.projectors", tuple)
    return Log(tmp_path)


async def leaves() -> list[bytes]:
    rows = await db.fetch("SELECT hashes FROM proof_leaf ORDER BY first")
    return [leaf for each in rows for leaf in repository.cut(each["hashes"])]


async def test_an_empty_log_is_signed_at_once(database, log):
    assert await log.gather() == 0
    checkpoint = await log.checkpoint()
    assert (checkpoint.size, checkpoint.root) == (0, root_of([]))
    assert await log.gather() == 0
    assert (await service.checkpoint()).number == 1, "nothing new, nothing signed"


async def test_rows_come_in_the_order_of_commits_and_are_proven(database, log):
    rows = await rows_recorded(5)
    assert await log.gather() == 5
    rows += await rows_recorded(3)
    assert await log.gather(NOW + timedelta(seconds=2)) == 3
    assert await leaves() == [leaf_hash(entry(each)) for each in rows]
    checkpoint = await log.checkpoint()
    assert (checkpoint.size, checkpoint.root) == (8, root_of(await leaves()))
    for index, each in enumerate(rows):
        proof = await service.inclusion(each)
        assert proof.index == index
        assert proof.checkpoint.size == (5 if index < 5 else 8), "the first that has it, for good"
        covering = standalone.checkpoint_of(proof.checkpoint.note, await log.keys())
        assert standalone.is_included(
            leaf_hash(entry(each)), proof.index, covering.size, proof.path, covering.root
        )


async def test_a_row_that_is_not_gathered_yet_has_no_proof(database, log):
    [one] = await rows_recorded(1)
    assert await service.inclusion(one) is None
    await log.gather()
    assert await service.inclusion(one) is not None


@pytest.mark.parametrize("most", [7, 256, 300])
async def test_whole_subtrees_are_stored_however_rows_are_gathered(database, log, most):
    count = TILE * 2 + 30
    await recorded(*(row(code=f"DH{number:08}5VN") for number in range(count)))
    await log.gather(most=most)
    nodes = await db.fetch("SELECT height, index, hash FROM proof_node ORDER BY height, index")
    known = await leaves()
    assert [(each["height"], each["index"]) for each in nodes] == [(8, 0), (8, 1)]
    assert [each["hash"] for each in nodes] == [root_of(known[:TILE]), root_of(known[TILE : 2 * TILE])]
    for size in (1, 255, 256, 257, 511, 512, count):
        assert await service.root_at(size) == root_of(known[:size])
        path = await service.consistency(size, count)
        assert standalone.is_consistent(size, root_of(known[:size]), count, root_of(known), path)
        path = await service.path_of(size - 1, count)
        assert standalone.is_included(known[size - 1], size - 1, count, path, root_of(known))


async def test_nothing_comes_in_behind_a_transaction_that_still_runs(database, log):
    slow, quick = row(code="DH000000015VN"), row(code="DH000000029VN")
    begun, over = asyncio.Event(), asyncio.Event()

    async def write_slowly():
        async with unit_of_work():
            await record([slow])
            begun.set()
            await over.wait()

    writing = asyncio.create_task(write_slowly())
    await begun.wait()
    await recorded(quick)
    assert await log.gather() == 0, "it waits, since the slow one began before"
    over.set()
    await writing
    assert await log.gather() == 2
    assert await leaves() == [leaf_hash(entry(each)) for each in (slow, quick)]


async def test_every_content_of_a_disputed_id_is_in_the_log(database, log):
    first = row()
    await recorded(first)
    await log.gather()
    other = row(id=first.content.id, occurred_at=first.content.occurred_at, kind="refuse")
    await recorded(other)
    assert await log.gather() == 2
    assert await leaves() == [
        leaf_hash(entry(first)),
        *(
            leaf_hash(entry(each, disputed=True))
            for each in sorted((first, other), key=lambda each: each.content_hash)
        ),
    ]


async def test_two_gatherers_do_not_take_the_same_rows(database, log, tmp_path):
    await rows_recorded(40)
    await asyncio.gather(log.gather(most=5), log.gather(most=5))
    await log.gather()
    assert len(await leaves()) == len(set(await leaves())) == 40


async def test_a_new_key_signs_at_once_and_the_old_one_ends(database, log):
    await log.gather()
    old = (await service.checkpoint()).note
    rotate(log.settings, "log")
    later = NOW + timedelta(hours=1)
    await log.gather(later)
    first, second = await service.keys()
    assert (first.valid_to, second.valid_from, second.valid_to) == (later, later, None)
    keys = await log.keys()
    assert standalone.checkpoint_of(old, keys).at == NOW
    assert standalone.checkpoint_of((await service.checkpoint()).note, keys).at == later


async def test_a_database_that_was_set_back_is_not_signed_again(database, log, clean):
    await rows_recorded(3)
    await log.gather()
    await db.stop()
    await clean()
    await db.start(database)
    await rows_recorded(2)
    with pytest.raises(Conflict) as refused:
        await log.gather()
    assert refused.value.code == "proof.would_fork"
    await rows_recorded(5)
    with pytest.raises(Conflict):
        await log.gather()
    assert await repository.newest() is None


async def test_what_was_signed_and_not_committed_is_signed_again(database, log, monkeypatch):
    await rows_recorded(3)

    async def lost(_):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(repository, "add_checkpoint", lost)
        with pytest.raises(ConnectionError):
            await log.gather()
    assert (log.settings.folder / MEMORY).exists()
    await rows_recorded(2)
    assert await log.gather() == 5


@pytest.mark.parametrize(("old", "new"), [(0, 2), (3, 2), (1, 4), (5, 9)])
async def test_a_proof_beyond_the_log_is_refused(database, log, old, new):
    await rows_recorded(3)
    await log.gather()
    with pytest.raises(Unprocessable) as refused:
        await service.consistency(old, new)
    assert refused.value.code == "proof.beyond"


@pytest.mark.parametrize("table", ["proof_leaf", "proof_node", "proof_checkpoint", "proof_key"])
async def test_the_application_only_adds_to_the_log(database, log, table):
    assert not await db.fetch_value("SELECT has_table_privilege($1, 'UPDATE, DELETE, TRUNCATE')", table)


async def test_an_entry_says_all_that_the_ledger_has(database, log):
    made = content(body={"note": "ab" * 32})
    await recorded(row(id=made.id, body=made.body, occurred_at=made.occurred_at))
    [placed] = await rows_behind(Place(), 10)
    text = entry(placed.row).decode()
    for name in (
        "occurred_at",
        "received_at",
        "corrected_at",
        "skew_ms",
        "uncertainty_ms",
        "verdict",
        "body",
    ):
        assert f'"{name}":' in text
