"""What an operator is told about an installation that is not as it should be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import replace

from postal import clock as clock_port
from postal import db
from postal.ledger.service import record
from postal.ledger.verification import verify
from postal.outbox import repository as outbox
from postal.outbox.service import publish
from postal.supervision.diagnosis import diagnose
from tests.factories.ledger import row
from tests.factories.network import organisation

ROOT = Path(__file__).parents[3]
# A server that refuses nothing, as a tampering administrator has it.
UNGUARDED = "SET session_replication_role = replica"


@pytest.fixture
async def administrator(postgres, database):
    connection = await asyncpg.connect(postgres.dsn_of("postgres", "shared"))
    yield connection
    await connection.close()


async def recorded(*rows):
    async with db.unit_of_work():
        await record(list(rows))


async def found_by(settings, name):
    # The checks start and stop the database themselves.
    findings = {each.name: each for each in await diagnose(settings)}
    return findings[name]


def postal(*arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
    return subprocess.run(
        [sys.executable, "-m", "postal.cli", *arguments],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def test_an_untouched_ledger_verifies(database):
    rows = [row(seq=number) for number in range(1, 6)]
    await recorded(*rows)
    await recorded(replace(rows[0], content=replace(rows[0].content, kind="offer"), content_hash=b""))
    found = await verify()
    assert (found.rows, found.disputes, found.mismatched) == (5, 2, ())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger SET occurred_at = occurred_at + interval '1 microsecond' WHERE id = $1",
        'UPDATE ledger SET body = \'{"place": "BC-200000"}\' WHERE id = $1',
        "UPDATE ledger SET person = NULL WHERE id = $1",
        "UPDATE ledger SET content_hash = decode(repeat('00', 32), 'hex') WHERE id = $1",
    ],
)
async def test_a_row_that_was_tampered_with_is_named(database, administrator, change):
    rows = [row(seq=number) for number in range(1, 4)]
    await recorded(*rows)
    await administrator.execute(UNGUARDED)
    await administrator.execute(change, rows[1].content.id)
    assert (await verify()).mismatched == (rows[1].content.id,)


@pytest.mark.parametrize("forgetting", ["DELETE FROM ledger_month", "DELETE FROM ledger_subject"])
async def test_a_row_that_no_look_up_finds_is_named(database, administrator, forgetting):
    packed = row(subjects=("TUI-1",))
    await recorded(packed)
    assert (await verify()).is_well
    await administrator.execute(UNGUARDED)
    await administrator.execute(forgetting)
    assert (await verify()).unreachable == (packed.content.id,)


async def test_verify_reads_more_rows_than_fit_into_one_page(database, monkeypatch):
    from postal.ledger import verification

    monkeypatch.setattr(verification, "CHUNK", 2)
    told = []
    await recorded(*(row(seq=number) for number in range(1, 6)))
    assert (await verify(lambda done, total: told.append((done, total)))).rows == 5
    assert told == [(2, 5), (4, 5), (5, 5)]


async def test_verify_ends_with_status_one_when_a_row_is_wrong(database, administrator):
    wrong = row()
    await recorded(wrong)
    await administrator.execute(UNGUARDED)
    await administrator.execute("UPDATE ledger SET kind = 'deliver'")
    done = postal("verify", "--json", POSTAL_DATABASE__DSN=database.dsn)
    assert done.returncode == 1
    assert json.loads(done.stdout)["mismatched"] == [str(wrong.content.id)]


async def test_doctor_finds_an_application_role_with_too_much_power(settings, postgres):
    mighty = replace(settings.database, dsn=postgres.dsn_of("postgres", "shared"))
    await db.stop()
    try:
        role = await found_by(replace(settings, database=mighty), "role")
        ledger = await found_by(replace(settings, database=mighty), "ledger")
    finally:
        await db.start(settings.database)
    assert (role.state, ledger.state) == ("failed", "failed")
    assert "super" in role.en
    assert "ledger_default" in ledger.en


async def test_doctor_accepts_the_application_role(settings):
    findings = {each.name: each.state for each in await diagnose(settings)}
    assert findings["role"] == findings["ledger"] == findings["migrations"] == findings["outbox"] == "ok"


async def test_doctor_finds_a_grant_on_the_ledger(settings, administrator):
    await administrator.execute("GRANT UPDATE ON ledger TO postal_app")
    try:
        assert (await found_by(settings, "ledger")).state == "failed"
    finally:
        await administrator.execute("REVOKE UPDATE ON ledger FROM postal_app")


async def test_doctor_warns_of_a_server_that_may_lose_rows_and_fails_it_in_earnest(settings):
    assert (await found_by(settings, "server")).state == "warning"
    earnest = replace(settings.database, allow_unsafe_durability=False)
    await db.stop()
    try:
        assert (await found_by(replace(settings, database=earnest), "server")).state == "failed"
    finally:
        await db.start(settings.database)


async def test_doctor_finds_missing_migrations_and_months(settings, administrator):
    await administrator.execute("CREATE TABLE set_aside AS SELECT * FROM migration")
    await administrator.execute("DELETE FROM migration WHERE app_name = 'manifests'")
    try:
        assert (await found_by(settings, "migrations")).state == "failed"
    finally:
        await administrator.execute(
            "INSERT INTO migration SELECT * FROM set_aside WHERE app_name = 'manifests'"
        )
        await administrator.execute("DROP TABLE set_aside")


async def test_doctor_finds_pools_that_the_server_cannot_serve(settings):
    many = replace(settings, web=replace(settings.web, workers=40))
    assert (await found_by(many, "connections")).state == "failed"


async def test_doctor_finds_messages_that_were_given_up(settings):
    async with db.unit_of_work():
        identifier = await publish("test.noted", {})
        await outbox.bury(identifier, 0, "test", clock_port.machine_now())
    finding = await found_by(settings, "outbox")
    assert (finding.state, "outbox list --dead" in finding.en) == ("failed", True)


async def test_doctor_finds_work_that_nobody_does(settings):
    async with db.unit_of_work():
        await publish("test.noted", {})
        await db.execute("UPDATE outbox SET available_at = available_at - interval '5 minutes'")
    assert (await found_by(settings, "outbox")).state == "failed"


async def test_doctor_asks_for_backups_until_there_is_one_of_a_day(settings, database):
    assert "none" in (await found_by(settings, "backup")).en
    async with db.as_owner(database):
        await db.execute("INSERT INTO backup_made VALUES (now() - interval '2 days', 1, 1)")
    assert (await found_by(settings, "backup")).state == "warning"
    async with db.as_owner(database):
        await db.execute("UPDATE backup_made SET at = now() - interval '2 hours'")
    finding = await found_by(settings, "backup")
    async with db.as_owner(database):
        await db.execute("DELETE FROM backup_made")
    assert (finding.state, finding.en) == ("ok", "2 hours ago")


async def test_doctor_finds_a_key_that_others_can_read(settings):
    path = settings.folder / "code_key"
    path.write_text("00" * 32)
    path.chmod(0o644)
    assert (await found_by(settings, "secrets")).state == "failed"
    path.chmod(0o600)
    assert (await found_by(settings, "secrets")).state == "ok"


async def test_a_key_is_printed_once_and_works(database, client):
    await organisation("BC-100000")
    arguments = ("--role", "clerk", "--organisation", "BC-100000", "--json")
    done = postal("key", "create", *arguments, POSTAL_DATABASE__DSN=database.dsn)
    assert done.returncode == 0, done.stderr
    key = json.loads(done.stdout)["key"]
    answer = await client.get("/api/v1/organisations", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


def test_a_key_for_an_organisation_that_is_not_there_is_refused_in_a_sentence(database):
    arguments = ("--role", "clerk", "--organisation", "BC-999999")
    refused = postal("key", "create", *arguments, POSTAL_DATABASE__DSN=database.dsn)
    assert refused.returncode == 1
    assert "BC-999999" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", ["serve", "worker", "up"])
def test_no_process_starts_on_a_server_that_may_lose_rows(database, tmp_path, command):
    refused = postal(
        command,
        "--data",
        str(tmp_path),
        POSTAL_DATABASE__DSN=database.dsn,
        POSTAL_REDIS__DSN="unix:///nowhere",
        POSTAL_WEB__PORT="0",
    )
    assert refused.returncode == 3
    assert "fsync" in refused.stderr
    assert "POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY" in refused.stderr


def test_a_server_that_is_away_is_said_in_a_sentence(tmp_path):
    refused = postal("verify", POSTAL_DATABASE__DSN=f"postgresql://postal_app@/postal?host={tmp_path}")
    assert refused.returncode == 3
    assert len(refused.stderr.splitlines()) == 2
