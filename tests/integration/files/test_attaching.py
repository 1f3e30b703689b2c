"""Attaching a file in one request: what is taken, what is kept of it, and who reads it."""

import asyncio
import hashlib
import hmac
from datetime import timedelta

import pytest

from postal import db
from postal.files.cipher import unseal
from postal.files.vault import vault_of
from postal.ledger.projections import export, rebuild
from tests.factories.files import Files, digest, paper, picture


async def rows(kind="file.attached"):
    found = await db.fetch(
        "SELECT id, code, organisation, body::text AS body FROM ledger WHERE kind = $1", kind
    )
    return [dict(row) for row in found]


def stored(settings):
    return [path for path in settings.files_folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("form", "kind", "media"),
    [("JPEG", "photo", "image/jpeg"), ("PNG", "signature", "image/png"), ("WEBP", "photo", "image/webp")],
)
async def test_a_picture_comes_back_as_it_was_sent(office, dossier, form, kind, media):
    data = picture(form)
    file = await office.attached(data, "dossier", dossier, kind)
    assert (file["media_type"], file["size"], file["kind"]) == (media, len(data), kind)
    answer = await office.get(file["id"])
    assert answer.status_code == 200
    assert answer.content == data
    assert answer.headers["content-type"] == media
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_paper_of_several_mebibytes_comes_back_as_it_was_sent(office, dossier):
    data = paper(3_000_000)
    file = await office.attached(data, "dossier", dossier, "scan")
    assert (await office.get(file["id"])).content == data


async def test_the_ledger_commits_to_the_bytes_and_tells_nothing_about_them(office, dossier, settings):
    data = picture()
    file = await office.attached(data, "dossier", dossier)
    [row] = await rows()
    assert str(row["id"]) == file["id"]
    assert row["code"] == dossier
    assert file["commitment"] in row["body"]
    assert digest(data) not in row["body"]
    # Whoever is handed bytes and salt can show that the ledger speaks of them.
    kept = await db.fetch_row("SELECT f.secret, k.* FROM file AS f JOIN file_key AS k ON k.id = f.key")
    vault = vault_of(settings)
    key = unseal(vault.master, kept["wrapped"], b"key" + kept["id"].bytes)
    opened = unseal(key, kept["secret"], b"file" + row["id"].bytes)
    assert opened[32:] == hashlib.sha256(data).digest()
    assert hmac.new(opened[:32], digest(data).encode(), hashlib.sha256).hexdigest() == file["commitment"]


async def test_nothing_on_the_disk_or_in_the_tables_can_be_tested_for_a_known_picture(
    office, dossier, settings
):
    data = picture()
    first = await office.attached(data, "dossier", dossier, "photo")
    second = await office.attached(data, "dossier", dossier, "proxy")
    assert first["commitment"] != second["commitment"]
    files = stored(settings)
    assert len({path.name for path in files}) == 2
    assert all(
        hashlib.sha256(path.read_bytes()).hexdigest() == path.parent.name + path.name for path in files
    )
    assert not any(data[100:200] in path.read_bytes() for path in files)
    known = {digest(data), hashlib.md5(data).hexdigest(), hashlib.sha1(data).hexdigest()}
    kept = await db.fetch("SELECT f::text AS file FROM file AS f UNION ALL SELECT k::text FROM file_key AS k")
    assert not any(value in row["file"] for row in kept for value in known)


async def test_the_same_bytes_again_change_nothing(office, dossier, settings):
    data = picture()
    first = await office.attached(data, "dossier", dossier)
    again = await asyncio.gather(*(office.attached(data, "dossier", dossier) for _ in range(4)))
    assert {each["id"] for each in again} == {first["id"]}
    assert len(await rows()) == 1
    # What was written in vain is found by nobody, and cleared away in time.
    assert await db.fetch_value("SELECT count(*) FROM file") == 1


async def test_a_request_repeated_with_its_key_is_answered_once_more(office, dossier):
    data = picture()
    first = await office.attach(data, "dossier", dossier, **{"Idempotency-Key": "nh-1"})
    again = await office.attach(data, "dossier", dossier, **{"Idempotency-Key": "nh-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


async def test_all_that_is_attached_is_listed_in_pages(office, dossier, clock):
    made = []
    for seed in range(5):
        clock.advance(timedelta(seconds=1))
        made.append((await office.attached(picture(seed=seed), "dossier", dossier))["id"])
    found, cursor = [], None
    while True:
        params = {"about": "dossier", "code": dossier, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await office.client.get("/api/v1/files", params=params, headers=office.by)).json()
        found += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == made


async def test_another_organisation_learns_nothing_of_a_file(office, stranger, dossier):
    file = await office.attached(picture(), "dossier", dossier)
    nobodys = "019a0000-0000-7000-8000-000000000000"
    for path in ("{}", "{}/details"):
        answers = [
            await stranger.client.get(f"/api/v1/files/{path.format(each)}", headers=stranger.by)
            for each in (file["id"], nobodys)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        told = [{k: v for k, v in answer.json().items() if k != "instance"} for answer in answers]
        assert told[0] == told[1]
    for code in (dossier, dossier[:-4] + "0000"):
        assert (await stranger.attach(picture(), "dossier", code)).status_code == 404
    params = {"about": "dossier", "code": dossier}
    answer = await stranger.client.get("/api/v1/files", params=params, headers=stranger.by)
    assert answer.status_code == 404


async def test_the_other_party_of_a_dossier_reads_what_the_first_attached(office, dossier, client, desks):
    file = await office.attached(picture(), "dossier", dossier)
    assert (await Files(client, desks.desk).get(file["id"])).status_code == 200


async def test_each_reading_is_noted_and_a_refused_one_is_not(office, stranger, dossier):
    file = await office.attached(picture(), "dossier", dossier)
    await office.get(file["id"])
    await stranger.get(file["id"])
    noted = await db.fetch(
        "SELECT actor, organisation, subject, detail::text AS detail FROM audit WHERE action = 'file.read'"
    )
    assert [(row["organisation"], row["subject"]) for row in noted] == [("BC-530000", file["id"])]
    assert dossier in noted[0]["detail"]


async def test_a_file_of_a_discrepancy_or_a_manifest_stands_under_the_manifest(client, clock):
    from tests.factories.world import World

    world = await World(client, clock).build()
    office = Files(client, world.owner)
    manifest, discrepancy = world.existing["manifest"], world.existing["discrepancy"]
    await office.attached(picture(seed=1), "manifest", manifest)
    await office.attached(picture(seed=2), "discrepancy", discrepancy)
    found = await rows()
    # The world itself has one, about a dossier.
    of_manifest = [row for row in found if row["code"] == manifest]
    assert (len(found), len(of_manifest)) == (3, 2)
    assert sum(discrepancy in row["body"] for row in of_manifest) == 1
    for by, status in ((world.agency, 200), (world.stranger, 404)):
        params = {"about": "discrepancy", "code": discrepancy}
        assert (await client.get("/api/v1/files", params=params, headers=by)).status_code == status
    for code in ("x", "019a0000-0000-7000-8000-000000000000"):
        assert (await office.attach(picture(), "discrepancy", code)).status_code == 404
        assert (await office.attach(picture(), "incident", code)).status_code == 404


async def test_rows_of_files_change_no_projection(office, dossier, database):
    before = await export()
    await office.attached(picture(), "dossier", dossier)
    await office.attached(picture(seed=3), "piece", dossier)
    after = await export()
    assert after == before
    async with db.as_owner(database):
        await rebuild()
    assert await export() == after


async def test_a_damaged_or_missing_file_is_said_to_be_so(office, dossier, settings):
    file = await office.attached(picture(size=(800, 600)), "dossier", dossier)
    [path] = stored(settings)
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    answer = await office.get(file["id"])
    assert (answer.status_code, answer.json()["code"]) == (503, "file.unreadable")
    path.unlink()
    answer = await office.get(file["id"])
    assert (answer.status_code, answer.json()["code"]) == (503, "file.unreadable")
