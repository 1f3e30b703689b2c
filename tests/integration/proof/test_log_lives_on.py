"""The log over the years: restores begin an era and say so, erasing people breaks nothing, a worker keeps it near."""

import asyncio
import contextlib
import json
import stat
from datetime import timedelta

import asyncpg
import pytest
from msgspec.structs import replace

from postal import db
from postal.clock import machine_now
from postal.jobs.worker import work
from postal.proof import service, standalone
from postal.proof.figures import of_log
from postal.proof.schemas import path
from postal.proof.signing import FILES, promise_signer
from postal.proof.verification import entries, verify_log
from tests.factories.custody import OFFICE, Scanner, network, pieces
from tests.factories.ledger import NOW, row
from tests.factories.proof import Log, recorded, rows_recorded

SET_BACK = """
SET session_replication_role = replica;
DELETE FROM ledger WHERE id IN (SELECT id FROM ledger ORDER BY id DESC LIMIT 2);
DELETE FROM proof_leaf WHERE first >= 3;
DELETE FROM proof_checkpoint WHERE size > 3;
SELECT feed_begin_era();
"""


@pytest.mark.usefixtures("clock")
async def test_a_restore_begins_an_era_and_whoever_kept_more_sees_what_was_lost(
    own_database, postgres, tmp_path, monkeypatch
):
    monkeypatch.setattr("postal.registry.projectors", tuple)
    log = Log(tmp_path)
    await rows_recorded(3)
    await log.gather()
    within = await log.checkpoint()
    await rows_recorded(2)
    await log.gather()
    beyond = await log.checkpoint()
    name = own_database.dsn.partition("@/")[2].partition("?")[0]
    superuser = await asyncpg.connect(postgres.dsn_of("postgres", name))
    await superuser.execute(SET_BACK)
    await superuser.close()
    await rows_recorded(6)
    await log.gather(NOW + timedelta(hours=1))
    new = await log.checkpoint()
    assert (new.era, new.eras, new.size) == (within.era + 1, {within.era: 0, within.era + 1: 3}, 9)
    proof = json.dumps({"path": path(await service.consistency(3, 9)).path})
    assert standalone.check_consistency(within, new, proof)["code"] == "log.consistent"
    proof = json.dumps({"path": path(await service.consistency(5, 9)).path})
    with pytest.raises(standalone.Wrong) as lost:
        standalone.check_consistency(beyond, new, proof)
    assert (lost.value.code, lost.value.about["rows"]) == ("log.rows_lost", 2)
    assert (await verify_log()).is_well


async def test_erasing_what_a_person_wrote_leaves_every_proof_valid(client, clock, settings):
    await network(clock.instant)
    await pieces("DH123456785VN", now=clock.instant)
    scanner = await Scanner.at(client, clock, OFFICE)
    scan = scanner.scan("accept", "DH123456785VN", clock.instant, note="Bà Lê Thị Ơn nhờ con trai đến nhận")
    await scanner.results([scan], clock.instant)
    log = Log(settings.folder)
    await log.gather(clock.instant)
    kept = await log.checkpoint()
    before = [text async for _, text in entries()]
    assert not any("Ơn".encode() in text for text in before)
    assert any(b'"note_commitment":"' in text for text in before), "a commitment"
    assert await db.fetch_value("SELECT count(*) FROM scan_note") == 1
    await db.execute("DELETE FROM scan_note")
    assert [text async for _, text in entries()] == before
    assert standalone.check_export(before, kept)["code"] == "log.verified"
    assert (await verify_log()).is_well


async def test_a_worker_keeps_the_log_near_and_metrics_tell_how_near(settings, client, clock):
    await network(clock.instant)
    clock.set(machine_now())
    await recorded(row(occurred_at=clock.instant - timedelta(seconds=3)))
    figures = {figure.name: figure.value for figure in await of_log()}
    assert (figures["postal_proof_rows"], figures["postal_proof_behind_seconds"] >= 0) == (0, True)
    assert b"postal_proof_behind_seconds" in (await client.get("/metrics")).content
    task = asyncio.create_task(work(replace(settings, data=str(settings.folder))))
    try:
        async with asyncio.timeout(60):
            while (await of_log())[0].value == 0:  # noqa: ASYNC110 - another task of this process does it
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert {figure.name: figure.value for figure in await of_log()}["postal_proof_behind_seconds"] == 0
    held = settings.folder / FILES["log"]
    assert stat.S_IMODE(held.stat().st_mode) == 0o600
    assert not (settings.folder / FILES["promise"]).exists(), "the worker does not need it"
    answer = await client.get("/api/v1/log/checkpoint")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/plain")


async def test_a_web_process_needs_no_key_of_the_log(settings, client, clock):
    assert (await client.get("/api/v1/log/keys")).json() == {"keys": []}
    refused = await client.get("/api/v1/log/checkpoint")
    assert (refused.status_code, refused.json()["code"]) == (404, "proof.no_checkpoint")
    signer = promise_signer(settings)
    assert promise_signer(settings).public == signer.public, "made once"
    assert {each.name for each in settings.folder.glob("*_key")} == {FILES["promise"]}
    given = replace(settings.proof, promise_key="00" * 32)
    assert promise_signer(replace(settings, proof=given)).public != signer.public


async def test_proofs_and_hashes_are_there_for_anybody(client, database, clock, tmp_path, monkeypatch):
    monkeypatch.setattr("postal.registry.projectors", tuple)
    log = Log(tmp_path)
    rows = await rows_recorded(5)
    await log.gather(clock.instant)
    listed = (await client.get("/api/v1/log/leaves", params={"from": 1})).json()
    assert (listed["first"], len(listed["leaves"])) == (1, 4)
    proof = (await client.get("/api/v1/log/inclusion", params={"index": 1, "size": 5})).json()["path"]
    checkpoint = await log.checkpoint()
    assert len(rows) == checkpoint.size
    steps = [standalone._b64(step, 32) for step in proof]
    assert standalone.is_included(bytes.fromhex(listed["leaves"][0]), 1, 5, steps, checkpoint.root)
    for query in ({"from": 3, "to": 9}, {"from": 4, "to": 2}):
        refused = await client.get("/api/v1/log/consistency", params=query)
        assert (refused.status_code, refused.json()["code"]) == (422, "proof.beyond")
    program = await client.get("/verify.py")
    assert program.text == standalone.__loader__.get_source(standalone.__name__)
