"""What a restore refuses, and that a refused or failed one changes nothing."""

import json
import shutil
import tempfile
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import replace

from postal import db
from postal.backup import repository
from postal.backup.files import part_of
from postal.backup.service import back_up, restore
from postal.config import SecretSettings, Settings
from postal.db.programs import ProgramFailed, _address
from postal.errors import Conflict, Unavailable, Unprocessable
from tests.factories.network import organisation

KEY, OTHER_KEY = "11" * 32, "22" * 32


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
async def target(postgres, folder):
    """An empty database on the same server, and a data folder for it."""
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    await admin.execute("CREATE DATABASE restored OWNER postal_owner")
    settings = Settings(data=str(folder / "restored"))
    yield replace(
        settings,
        database=replace(
            settings.database,
            dsn=postgres.dsn_of("postal_app", "restored"),
            owner_dsn=postgres.dsn_of("postal_owner", "restored"),
        ),
    )
    await admin.execute("DROP DATABASE restored WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def source(database, folder):
    (folder / "code_key").write_text(KEY)
    await organisation("BC-100000")
    return replace(Settings(), database=database, data=str(folder))


@pytest.fixture
async def backup(source, folder):
    made = await back_up(source, folder / "backups", _quiet)
    return Path(made.path)


def _quiet(_step):
    pass


async def organisations(settings):
    connection = await asyncpg.connect(settings.database.owner_dsn)
    try:
        return {row["code"] for row in await connection.fetch("SELECT code FROM organisation")}
    finally:
        await connection.close()


async def test_a_backup_comes_back_with_its_rights_and_is_remembered(source, backup, target):
    await restore(target, backup, replace=False, progress=_quiet)
    assert "BC-100000" in await organisations(target)
    assert (Path(target.data) / "code_key").read_text() == KEY
    application = await asyncpg.connect(target.database.dsn)
    assert await application.fetchval("SELECT count(*) FROM ledger") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await application.execute("DELETE FROM ledger")
    await application.close()
    assert await repository.last() is not None


async def test_a_database_that_holds_something_is_replaced_only_when_told(source, backup, target):
    await restore(target, backup, replace=False, progress=_quiet)
    with pytest.raises(Conflict, match="--replace"):
        await restore(target, backup, replace=False, progress=_quiet)
    owner = await asyncpg.connect(target.database.owner_dsn)
    # A later version left more behind than the backup knows.
    await owner.execute("CREATE TYPE mood AS ENUM ('good'); CREATE TABLE later (id int, mood mood)")
    await owner.execute("DELETE FROM organisation WHERE code = 'BC-100000'")
    await owner.close()
    await restore(target, backup, replace=True, progress=_quiet)
    assert "BC-100000" in await organisations(target)
    owner = await asyncpg.connect(target.database.owner_dsn)
    assert await owner.fetchval("SELECT to_regclass('later') IS NULL AND to_regtype('mood') IS NULL")
    await owner.close()


@pytest.mark.slow
async def test_a_restore_that_fails_at_its_very_end_leaves_what_was_there(source, backup, target):
    await restore(target, backup, replace=False, progress=_quiet)
    owner = await asyncpg.connect(target.database.owner_dsn)
    await owner.execute("UPDATE organisation SET name = 'as it was' WHERE code = 'BC-100000'")
    _change(backup, lambda manifest: manifest["tables"].update(organisation=1))
    with pytest.raises(ProgramFailed, match="organisation has"):
        await restore(target, backup, replace=True, progress=_quiet)
    name = await owner.fetchval("SELECT name FROM organisation WHERE code = 'BC-100000'")
    await owner.close()
    assert name == "as it was"


DAMAGES = {
    "flipped bit": lambda backup: _flip(backup / "database.dump"),
    "cut archive": lambda backup: _cut(backup / "database.dump"),
    "no archive": lambda backup: (backup / "database.dump").unlink(),
    "no key": lambda backup: (backup / "code_key").unlink(),
    "cut manifest": lambda backup: _cut(backup / "manifest.json"),
    "no manifest": lambda backup: (backup / "manifest.json").unlink(),
    "other form": lambda backup: _change(backup, lambda manifest: manifest.update(format=2)),
    "odd name": lambda backup: _change(backup, lambda manifest: manifest["tables"].update({"x'; --": 1})),
}


async def test_a_damaged_backup_is_refused_before_anything_is_touched(source, backup, target, folder):
    for name, damage in DAMAGES.items():
        damaged = folder / name
        shutil.copytree(backup, damaged)
        damage(damaged)
        with pytest.raises(Unprocessable) as refused:
            await restore(target, damaged, replace=True, progress=_quiet)
        assert refused.value.code == "backup.damaged", name
    assert await is_empty(target)


async def is_empty(target):
    owner = await asyncpg.connect(target.database.owner_dsn)
    try:
        return await owner.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    finally:
        await owner.close()


@pytest.mark.slow
async def test_an_archive_that_cannot_be_read_to_its_end_is_not_kept_even_if_its_sum_is_right(
    source, backup, target
):
    archive = backup / "database.dump"
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    part = part_of(archive)
    _change(
        backup,
        lambda manifest: manifest["parts"].update(
            {"database.dump": {"bytes": part.bytes, "sha256": part.sha256}}
        ),
    )
    with pytest.raises(ProgramFailed):
        await restore(target, backup, replace=True, progress=_quiet)
    assert await is_empty(target)


async def test_a_system_that_runs_is_not_replaced_under_its_feet(source, backup, target):
    application = await asyncpg.connect(target.database.dsn)
    with pytest.raises(Conflict) as refused:
        await restore(target, backup, replace=True, progress=_quiet)
    assert refused.value.code == "backup.in_use"
    await application.close()


@pytest.mark.slow
async def test_another_key_of_codes_is_refused(source, backup, target):
    given = replace(target, secrets=SecretSettings(code_key=OTHER_KEY))
    with pytest.raises(Conflict) as refused:
        await restore(given, backup, replace=True, progress=_quiet)
    assert refused.value.code == "backup.other_key"
    key = target.folder / "code_key"
    _write(key, OTHER_KEY)
    with pytest.raises(Conflict):
        await restore(target, backup, replace=False, progress=_quiet)
    await restore(target, backup, replace=True, progress=_quiet)
    assert key.read_text() == KEY


@pytest.mark.slow
async def test_a_key_that_the_settings_give_stays_out_of_the_backup(source, folder, target):
    made = await back_up(replace(source, secrets=SecretSettings(code_key=KEY)), folder / "backups", _quiet)
    assert _names(Path(made.path)) == {"manifest.json", "database.dump"}
    assert KEY not in (Path(made.path) / "manifest.json").read_text()
    await restore(
        replace(target, secrets=SecretSettings(code_key=KEY)), Path(made.path), replace=False, progress=_quiet
    )


async def test_a_backup_of_a_later_version_is_refused(source, backup, target):
    _change(backup, lambda manifest: manifest["migrations"].append(["postal", "2100-01-01T00:00:00:000000"]))
    with pytest.raises(Conflict) as refused:
        await restore(target, backup, replace=False, progress=_quiet)
    assert refused.value.code == "backup.newer_version"
    _change(backup, lambda manifest: manifest.update(server=990_000))
    with pytest.raises(Conflict) as refused:
        await restore(target, backup, replace=False, progress=_quiet)
    assert refused.value.code == "backup.newer_server"


async def test_without_the_owner_there_is_no_backup(source, folder):
    with pytest.raises((Unavailable, RuntimeError), match="OWNER_DSN"):
        await back_up(
            replace(source, database=replace(source.database, owner_dsn=None)), folder / "backups", _quiet
        )


async def test_a_backup_that_fails_leaves_no_trace(source, folder):
    with pytest.raises(OSError, match="pg_dump"):
        await back_up(source, folder / "backups", _quiet, folder)
    assert _names(folder / "backups") == set()
    assert await db.fetch_value("SELECT count(*) FROM backup_made") == 0


@pytest.mark.parametrize(
    ("dsn", "argument", "password"),
    [
        (
            "postgresql://postal_owner@/postal?host=/tmp/x",
            "postgresql://postal_owner@/postal?host=%2Ftmp%2Fx",
            None,
        ),
        (
            "postgres://o:s%40crt@db.example:5433/postal?sslmode=require",
            "postgres://o@db.example:5433/postal?sslmode=require",
            "s@crt",
        ),
        ("postgresql:///postal?user=o&password=secret", "postgresql:///postal?user=o", "secret"),
    ],
)
def test_a_password_is_never_an_argument(dsn, argument, password):
    assert _address(dsn) == ((f"--dbname={argument}",), {"PGPASSWORD": password} if password else {})


def _flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def _change(backup, change):
    path = backup / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def _write(path, text):
    path.parent.mkdir()
    path.write_text(text)


def _names(folder):
    return {path.name for path in folder.iterdir()}
