"""The drill: a backup under load, a fresh cluster, and everything that must be true of what stands there."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
import pytest

from postal import clock, db
from postal.backup import repository
from postal.config import DatabaseSettings
from postal.db.embedded import EmbeddedPostgres, program
from postal.ledger.projections import export, rebuild
from postal.ledger.verification import verify
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.identity import person
from tests.faults.load import Load, compare, equip, speaking

ROOT = Path(__file__).parents[2]
FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SECONDS = 10.0 if FULL else 1.5
RATE = 150
PASSWORD = "ngựa đúng pin ghim"


@pytest.mark.timeout(240)
@pytest.mark.slow
async def test_a_backup_under_load_comes_back_whole_in_a_fresh_cluster(empty_database, launch, folder):
    fleet = await equip(empty_database, devices=6)
    serving = launch("serve", empty_database)
    await serving.ready()
    dossier, item = await _paper(serving.url, empty_database)
    async with Load(serving.url, fleet, rate=RATE, seed=8) as load:
        await asyncio.sleep(SECONDS)
        before = set(load.ledger.acknowledged)
        made = await _backed_up(empty_database, folder)
        await asyncio.sleep(0.5)
    assert set(load.ledger.statuses()) == {200}
    assert len(load.ledger.acknowledged) > len(before) > 50
    serving.stop()

    fresh = folder / "fresh"
    restored = await _postal("restore", made["path"], "--data", str(fresh))
    assert (restored["rows"], restored["ledger"]) == (made["rows"], made["ledger"])
    assert (fresh / "code_key").read_text() == (folder / "code_key").read_text()
    with EmbeddedPostgres(fresh, durable=False) as server:
        there = DatabaseSettings(dsn=server.dsn, owner_dsn=server.owner_dsn, allow_unsafe_durability=True)
        manifest = json.loads((Path(made["path"]) / "manifest.json").read_text())
        await _examine(server, there, manifest)
        stored = await _stored(there)
        assert before <= stored
        await _smoke(launch("serve", there), fleet, load, stored, dossier, item, there)


async def _paper(url, settings):
    """Register a dossier over HTTP, put it into an item and store a clerk who can sign in."""
    async with speaking(settings), httpx.AsyncClient(base_url=url) as client:
        desks = await Desks(client, clock.machine_now()).prepare()
        dossier = await desks.dossier()
        packed = await client.post(
            "/api/v1/items", json={"destination": DESK, "pieces": [dossier]}, headers=desks.clerk
        )
        await person("p-an", OFFICE, now=clock.machine_now(), login="an@post.vn", password=PASSWORD)
    return dossier, packed.json()["code"]


async def _backed_up(settings, folder):
    environment = {
        "POSTAL_DATABASE__DSN": settings.dsn,
        "POSTAL_DATABASE__OWNER_DSN": settings.owner_dsn,
        "POSTAL_DATA": str(folder),
    }
    made = await _postal("backup", str(folder / "backups"), **environment)
    _is_private(Path(made["path"]))
    return made


def _is_private(path):
    assert path.stat().st_mode & 0o777 == 0o700
    names = {each.name for each in path.iterdir()}
    # The key of files is there once something was attached; keys that sign never are.
    assert names - {"files_key"} == {"manifest.json", "database.dump", "code_key"}
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in path.iterdir())


async def _examine(server, settings, manifest):
    """Counts as in the manifest, sound indexes, rights as before, hashes right, and a rebuild that changes nothing."""
    async with speaking(settings):
        async with db.as_owner(settings):
            tables = await repository.tables()
        # Restored rows are of an era that is over: whoever reads the feed finds new ones behind them.
        assert tables == manifest["tables"] | {"feed_era": manifest["tables"]["feed_era"] + 1}
        await asyncio.to_thread(
            subprocess.run,
            [
                program("pg_amcheck"),
                "--install-missing",
                "--heapallindexed",
                "--parent-check",
                server.dsn_of("postgres"),
            ],
            check=True,
        )
        assert (await verify()).mismatched == ()
        found = await export()
        async with db.as_owner(settings):
            await rebuild()
        assert await export() == found
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with speaking(settings):
            await db.execute("UPDATE ledger SET kind = 'deliver'")


async def _smoke(serving, fleet, load, stored, dossier, item, settings):
    await serving.ready()
    async with httpx.AsyncClient(base_url=serving.url) as client:
        signed = await client.post("/api/v1/sessions", json={"login": "an@post.vn", "password": PASSWORD})
        assert signed.status_code == 201, signed.text
        tracked = await client.get(f"/api/v1/track/{dossier}")
        assert (tracked.status_code, tracked.json()["code"]) == (200, dossier)
        assert (await client.get(f"/api/v1/track/{item}")).status_code == 200
    # What came after the backup is named to the devices that have it: nothing is lost without a word.
    device = fleet.devices[0]
    sent = {
        scan["seq"] for id_, scan in load.ledger.sent.items() if load.ledger.device_of[id_] == device.code
    }
    kept = {
        scan["seq"]
        for id_, scan in load.ledger.sent.items()
        if id_ in stored and load.ledger.device_of[id_] == device.code
    }
    async with httpx.AsyncClient(base_url=serving.url) as client:
        answer = await client.post(
            "/api/v1/scans",
            content=device.body([], clock.machine_now()),
            headers={"Authorization": f"Bearer {device.key}", "Content-Type": "application/json"},
        )
    missing = {seq for first, last in answer.json()["missing_seq"] for seq in range(first, last + 1)}
    assert missing == sent - kept
    async with Load(serving.url, fleet, rate=40, seed=9) as again:
        await asyncio.sleep(0.5)
    assert set(again.ledger.statuses()) == {200}
    assert (await compare(again.ledger, settings)).clean


async def _stored(settings):
    connection = await asyncpg.connect(settings.owner_dsn)
    try:
        return {row["id"] for row in await connection.fetch("SELECT id::text FROM ledger")}
    finally:
        await connection.close()


async def _postal(*arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "postal.cli", "db", *arguments, "--json"],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
