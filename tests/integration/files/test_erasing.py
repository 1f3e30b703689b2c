"""Erasing drops a key: the bytes are gone for good, and everything that was proven about them still holds."""

from datetime import timedelta

import pytest

from postal import db
from postal.files import service
from postal.files.cipher import DamagedError, Opener
from postal.files.rules import About
from postal.files.service.attaching import context_of
from postal.files.vault import vault_of
from postal.ledger import verification
from tests.factories.dossiers import DESK
from tests.factories.files import Files, paper, picture


@pytest.fixture
def erase(settings, clock):
    async def erased(about, code):
        return await service.erase(
            vault_of(settings),
            About(about),
            code,
            reason="person_request",
            by="operator:test",
            now=clock.instant,
        )

    return erased


def stored(settings):
    return [path for path in settings.files_folder.rglob("*") if path.is_file()]


async def test_what_was_erased_is_gone_for_everybody_and_said_to_be(
    office, stranger, dossier, erase, settings
):
    file = await office.attached(picture(), "dossier", dossier)
    copies = [path.read_bytes() for path in stored(settings)]
    done = await erase("dossier", dossier)
    assert (done.erased, done.files, done.shared) == ((f"dossier:{dossier}",), 1, ())
    answer = await office.get(file["id"])
    assert (answer.status_code, answer.json()["code"]) == (410, "file.erased")
    assert (await stranger.get(file["id"])).status_code == 404
    details = await office.client.get(f"/api/v1/files/{file['id']}/details", headers=office.by)
    assert details.json()["erased_at"] is not None
    assert details.json()["commitment"] == file["commitment"]
    assert stored(settings) == []
    # A copy of the bytes and of every table, with the master key, opens nothing any more.
    kept = await db.fetch_row("SELECT * FROM file_key")
    assert kept["wrapped"] is None
    opener = Opener(vault_of(settings).master, context_of(await db.fetch_value("SELECT id FROM file")))
    opener.add(copies[0])
    with pytest.raises(DamagedError):
        opener.finish()


async def test_every_proof_holds_after_an_erasure(office, dossier, erase, settings):
    await office.attached(picture(), "dossier", dossier)
    other = await office.attached(picture(seed=4), "manifest", await a_manifest(office))
    before = await db.fetch("SELECT id, content_hash FROM ledger ORDER BY id")
    await erase("dossier", dossier)
    after = await db.fetch("SELECT id, content_hash FROM ledger ORDER BY id")
    assert [tuple(row) for row in after][: len(before)] == [tuple(row) for row in before]
    assert (await verification.verify(lambda *_: None)).is_well
    assert [found async for found in service.check(vault_of(settings), deep=True)] == []
    assert (await office.get(other["id"])).status_code == 200


async def a_manifest(office):
    made = await office.client.post(
        "/api/v1/manifests", json={"receiver": DESK, "lines": []}, headers=office.by
    )
    return made.json()["code"]


async def test_an_erasure_stands_in_the_ledger_and_in_the_audit_and_repeats_to_nothing(
    office, dossier, erase
):
    await office.attached(picture(), "dossier", dossier)
    await erase("dossier", dossier)
    again = await erase("dossier", dossier)
    assert (again.erased, again.files) == ((), 0)
    rows = await db.fetch("SELECT code, body::text AS body FROM ledger WHERE kind = 'file.erased'")
    assert [row["code"] for row in rows] == [dossier]
    assert "person_request" in rows[0]["body"]
    assert await db.fetch_value("SELECT count(*) FROM audit WHERE action = 'file.erased'") == 1


@pytest.mark.parametrize("before", [True, False])
async def test_nothing_can_be_attached_to_what_was_erased(office, dossier, erase, before):
    if before:
        await office.attached(picture(), "dossier", dossier)
    upload = await office.begun(paper(), "dossier", dossier)
    await office.send(upload, 0, paper()[:100])
    await erase("dossier", dossier)
    for answer in (
        await office.attach(picture(seed=7), "dossier", dossier),
        await office.order(paper(), "dossier", dossier),
    ):
        assert (answer.status_code, answer.json()["code"]) == (410, "file.erased")
    assert (await office.send(upload, 100, paper()[100:])).status_code == 404


async def test_a_dossier_that_never_had_a_file_stays_without(office, dossier, erase):
    await erase("dossier", dossier)
    assert (await office.attach(picture(), "dossier", dossier)).status_code == 410
    assert (await office.attach(picture(), "piece", dossier)).status_code == 410


async def test_what_is_about_one_dossier_goes_with_it_and_what_is_about_several_is_named(
    office, client, desks, dossier, erase
):
    second = await desks.dossier()
    alone, both = [
        (
            await client.post(
                "/api/v1/items", json={"destination": DESK, "pieces": pieces}, headers=desks.clerk
            )
        ).json()["code"]
        for pieces in ([await desks.dossier()], [dossier, second])
    ]
    of_both = await office.attached(picture(), "piece", both)
    done = await erase("dossier", dossier)
    assert done.shared == (f"piece:{both}",)
    assert (await office.get(of_both["id"])).status_code == 200
    first = (await db.fetch_value("SELECT dossiers FROM piece WHERE code = $1", alone))[0]
    of_one = await office.attached(picture(seed=2), "piece", alone)
    assert (await erase("dossier", first)).erased == (f"piece:{alone}",)
    assert (await office.get(of_one["id"])).status_code == 410


async def test_a_check_of_all_files_names_what_is_not_as_it_should_be(office, dossier, settings):
    data = [paper(200_000), picture(seed=1), picture(seed=2), picture(seed=3)]
    files = [await office.attached(each, "dossier", dossier, "scan") for each in data]
    vault = vault_of(settings)
    assert [found async for found in service.check(vault, deep=True)] == []
    addresses = {str(row["id"]): row["address"] for row in await db.fetch("SELECT id, address FROM file")}
    whole, cut, lost, told = (vault.storage.path(addresses[file["id"]]) for file in files)
    content = bytearray(whole.read_bytes())
    content[150_000] ^= 4
    whole.write_bytes(content)
    cut.write_bytes(cut.read_bytes()[:-1])
    lost.unlink()
    shallow = {str(found.file): found.wrong async for found in service.check(vault, deep=False)}
    assert shallow == {files[1]["id"]: "size", files[2]["id"]: "missing"}
    found = {(str(each.file), each.wrong) async for each in service.check(vault, deep=True)}
    assert found >= {(files[0]["id"], "damaged"), (files[1]["id"], "size"), (files[2]["id"], "missing")}
    assert files[3]["id"] not in {file for file, _ in found}
    assert told.exists()


async def test_a_commitment_that_was_changed_is_found(office, dossier, settings, database):
    file = await office.attached(picture(), "dossier", dossier)
    async with db.as_owner(database):
        await db.execute("UPDATE file SET commitment = repeat('0', 64)")
    [found] = [each async for each in service.check(vault_of(settings), deep=True)]
    assert (str(found.file), found.wrong) == (file["id"], "commitment")


async def test_what_nobody_knows_is_cleared_from_the_storage_in_time(office, dossier, settings, clock):
    import os

    file = await office.attached(picture(), "dossier", dossier)
    vault = vault_of(settings)
    writing = vault.storage.write()
    writing.add(b"left behind by a process that was killed")
    address, _ = writing.keep()
    begun = vault.storage.write()
    begun.add(b"never kept, of a process that was killed")
    begun._file.close()
    shard = int(address[:2], 16)
    machine = clock.instant + timedelta(days=3650)
    for path in stored(settings):
        os.utime(path, (clock.instant.timestamp(),) * 2)
    early = await service.clear(
        vault, now=clock.instant, machine_now=clock.instant + timedelta(hours=1), turn=shard
    )
    assert early == 0
    for turn in range(256):
        await service.clear(vault, now=clock.instant, machine_now=machine, turn=turn)
    assert vault.storage.size(address) is None
    assert len(stored(settings)) == 1
    assert (await office.get(file["id"])).status_code == 200


async def test_another_master_key_reads_nothing_and_makes_no_second_set_of_keys(office, dossier, settings):
    file = await office.attached(picture(), "dossier", dossier)
    (settings.folder / "files_key").write_text("ab" * 32)
    from postal.files import vault

    vault._vault.cache_clear()
    answer = await office.get(file["id"])
    assert (answer.status_code, answer.json()["code"]) == (503, "file.other_key")
    manifest = await a_manifest(Files(office.client, office.by))
    refused = await office.attach(picture(), "manifest", manifest)
    assert (refused.status_code, refused.json()["code"]) == (503, "file.other_key")
