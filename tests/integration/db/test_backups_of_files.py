"""Backups take files along, once each, and forget what was erased."""

import shutil
import tempfile
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import replace

from postal import db
from postal.backup.service import back_up, restore
from postal.errors import Conflict, Unprocessable
from postal.files import service
from postal.files.rules import About
from postal.files.vault import vault_of
from postal.supervision.diagnosis import diagnose
from tests.factories.dossiers import Desks
from tests.factories.files import Files, paper, picture


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def settings(database, folder):
    from postal.config import Settings

    return replace(Settings(), database=database, data=str(folder / "source"))


@pytest.fixture
async def target(postgres, settings, folder):
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    await admin.execute("CREATE DATABASE restored_files OWNER postal_owner")
    yield replace(
        settings,
        data=str(folder / "target"),
        database=replace(
            settings.database,
            dsn=postgres.dsn_of("postal_app", "restored_files"),
            owner_dsn=postgres.dsn_of("postal_owner", "restored_files"),
        ),
    )
    await admin.execute("DROP DATABASE restored_files WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def office(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    office = Files(client, desks.clerk)
    office.dossier, office.second = await desks.dossier(), await desks.dossier()
    return office


def quiet(_step):
    pass


def pool(folder):
    return {
        path.parent.name + path.name for path in (folder / "backups" / "files").rglob("*") if path.is_file()
    }


async def test_a_restored_system_has_its_files_and_can_read_them(office, settings, target, folder, clock):
    data = paper(300_000)
    file = await office.attached(data, "dossier", office.dossier, "scan")
    upload = await office.begun(paper(50_000), "dossier", office.dossier)
    await office.send(upload, 0, b"%PDF-1.4 begun")
    made = await back_up(settings, folder / "backups", quiet)
    assert (made.files, made.missing) == (2, ())
    got = await restore(target, Path(made.path), replace=False, progress=quiet)
    assert (got.files, got.missing) == (2, ())
    async with db.as_owner(target.database):
        vault = vault_of(target)
        assert vault.sign == vault_of(settings).sign
        assert [each async for each in service.check(vault, deep=True)] == []
        assert await db.fetch_value("SELECT count(*) FROM file") == 1
        assert await db.fetch_value("SELECT id::text FROM file") == file["id"]


@pytest.mark.slow
async def test_each_file_is_kept_once_however_many_backups_there_are(office, settings, folder):
    await office.attached(picture(), "dossier", office.dossier)
    first = await back_up(settings, folder / "backups", quiet)
    kept = {
        path: path.stat().st_mtime_ns for path in (folder / "backups" / "files").rglob("*") if path.is_file()
    }
    await office.attached(picture(seed=5), "dossier", office.dossier)
    shutil.move(first.path, folder / "backups" / "first")
    second = await back_up(settings, folder / "backups", quiet)
    assert (first.files, second.files) == (1, 2)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(pool(folder)) == 2


@pytest.mark.slow
async def test_what_was_erased_goes_from_the_backups_with_the_next_one(
    office, settings, target, folder, clock
):
    await office.attached(picture(), "dossier", office.dossier)
    await office.attached(picture(seed=5), "dossier", office.second)
    first = await back_up(settings, folder / "backups", quiet)
    shutil.move(first.path, folder / "backups" / "first")
    await service.erase(
        vault_of(settings), About.DOSSIER, office.dossier, reason="order", by="operator:t", now=clock.instant
    )
    await back_up(settings, folder / "backups", quiet)
    assert len(pool(folder)) == 1
    # The older one still holds the key, and says that the bytes are nowhere.
    got = await restore(target, folder / "backups" / "first", replace=False, progress=quiet)
    assert (got.files, len(got.missing)) == (2, 1)


async def test_a_file_that_is_not_on_the_disk_is_told_of_by_backup_and_doctor(office, settings, folder):
    await office.attached(picture(), "dossier", office.dossier)
    [address] = [row["address"] for row in await db.fetch("SELECT address FROM file")]
    found = {each.name: each for each in await diagnose(settings)}
    assert found["files"].state == "ok"
    path = vault_of(settings).storage.path(address)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    found = {each.name: each for each in await diagnose(settings)}
    assert (found["files"].state, address[:12] in found["files"].en) == ("failed", True)
    made = await back_up(settings, folder / "backups", quiet)
    assert made.missing == (address,)
    path.write_bytes(whole)
    key = settings.folder / "files_key"
    key.rename(key.with_name("elsewhere"))
    found = {each.name: each for each in await diagnose(settings)}
    assert found["files"].state == "failed"
    assert not key.exists()


@pytest.mark.slow
async def test_another_key_of_files_is_not_written_over_unasked(office, settings, target, folder):
    await office.attached(picture(), "dossier", office.dossier)
    made = await back_up(settings, folder / "backups", quiet)
    target.folder.mkdir()
    (target.folder / "files_key").write_text("ab" * 32)
    with pytest.raises(Conflict) as refused:
        await restore(target, Path(made.path), replace=False, progress=quiet)
    assert refused.value.code == "backup.other_further_key"
    await restore(target, Path(made.path), replace=True, progress=quiet)
    assert (target.folder / "files_key").read_text() == (settings.folder / "files_key").read_text()


async def test_a_list_of_files_that_was_changed_is_refused(office, settings, target, folder):
    await office.attached(picture(), "dossier", office.dossier)
    made = await back_up(settings, folder / "backups", quiet)
    (Path(made.path) / "files.list").write_text("../../etc/passwd\n")
    with pytest.raises(Unprocessable, match="damaged"):
        await restore(target, Path(made.path), replace=False, progress=quiet)
