"""Files in parts: what was acknowledged stays, whatever breaks, and only the declared bytes become a file."""

import asyncio
import os
import random
from datetime import timedelta

import pytest

from postal import db
from postal.files import service
from postal.files.service import uploads
from postal.files.storage import Folder
from postal.files.vault import vault_of
from tests.factories.files import digest, paper, picture

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"


@pytest.fixture
def small_parts(monkeypatch):
    """Acknowledge every 10,000 bytes, so that small files have many parts."""
    monkeypatch.setattr(uploads, "PART", 10_000)


async def broken(data, after):
    """Send some of it, and then nothing more ever."""
    yield data[:after]
    raise ConnectionResetError


async def breaking(office, upload, offset, data, after):
    """Let the line break within a request; nobody hears an answer."""
    from postal.identity.service import authenticate_key

    key = office.by["Authorization"].removeprefix("Bearer ")
    now = office.clock.instant
    actor = await authenticate_key(key, now)
    with pytest.raises(ConnectionResetError):
        await service.append(
            vault_of(office.settings), upload, offset, broken(data[offset:], after), actor=actor, now=now
        )


@pytest.fixture
def line(office, clock, settings):
    office.clock, office.settings = clock, settings
    return office


async def test_a_file_sent_in_parts_comes_back_as_it_was(office, dossier):
    data = paper(2_500_000)
    upload = await office.begun(data, "dossier", dossier)
    for at in range(0, len(data), 700_001):
        answer = await office.send(upload, at, data[at : at + 700_001])
        assert answer.status_code == 200, answer.text
        assert int(answer.headers["upload-offset"]) == min(at + 700_001, len(data))
    file = (await office.complete(upload)).json()
    assert file["media_type"] == "application/pdf"
    assert (await office.get(file["id"])).content == data
    # A lost answer is asked for again.
    assert (await office.complete(upload)).json() == file
    assert (await office.client.get(upload, headers=office.by)).json()["file"] == file["id"]
    assert await db.fetch_value("SELECT count(*) FROM file_part") == 0
    assert await db.fetch_value("SELECT count(*) FROM ledger WHERE kind = 'file.attached'") == 1


@pytest.mark.parametrize("seed", range(20 if FULL else 2))
async def test_lines_that_break_anywhere_lose_nothing_that_was_acknowledged(line, dossier, small_parts, seed):
    chance = random.Random(seed)
    data = paper(150_000 + seed)
    upload = await line.begun(data, "dossier", dossier)
    id_ = upload.rsplit("/", 1)[1]
    told, breaks = 0, 0
    while (offset := await line.offset(upload)) < len(data):
        assert offset >= told, "what was acknowledged is gone"
        told = offset
        # Devices go on from what they think was the last offset, which may be before what is known here.
        begin = max(0, offset - chance.choice([0, 0, 5_000, 25_000]))
        if chance.random() < 0.7:
            await breaking(line, id_, begin, data, chance.randint(0, 40_000))
            breaks += 1
        else:
            end = begin + chance.randint(1, 60_000)
            told = (await line.send(upload, begin, data[begin:end])).json()["offset"]
    assert breaks >= 2
    file = (await line.complete(upload)).json()
    assert (await line.get(file["id"])).content == data


async def test_everything_that_arrived_before_a_break_is_kept_to_the_byte(line, dossier, small_parts):
    data = paper(100_000)
    upload = await line.begun(data, "dossier", dossier)
    await breaking(line, upload.rsplit("/", 1)[1], 0, data, 34_567)
    assert await line.offset(upload) == 34_567


async def test_a_part_sent_twice_changes_nothing_and_a_gap_says_where_to_go_on(office, dossier):
    data = paper(40_000)
    upload = await office.begun(data, "dossier", dossier)
    await office.send(upload, 0, data[:20_000])
    again = await office.send(upload, 0, data[:20_000])
    assert (again.status_code, again.json()["offset"]) == (200, 20_000)
    over = await office.send(upload, 10_000, data[10_000:30_000])
    assert over.json()["offset"] == 30_000
    gap = await office.send(upload, 35_000, data[35_000:])
    assert (gap.status_code, gap.json()["code"], gap.json()["offset"]) == (409, "file.offset", 30_000)
    early = await office.complete(upload)
    assert (early.status_code, early.json()["code"]) == (409, "file.offset")


async def test_two_that_send_the_same_upload_do_not_mix(office, dossier, small_parts):
    data = paper(120_000)
    upload = await office.begun(data, "dossier", dossier)
    answers = await asyncio.gather(*(office.send(upload, 0, data) for _ in range(3)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert all(answer.json()["code"] == "file.overtaken" for answer in answers if answer.status_code == 409)
    while (offset := await office.offset(upload)) < len(data):
        await office.send(upload, offset, data[offset:])
    finished = await asyncio.gather(*(office.complete(upload) for _ in range(3)))
    files = {answer.json()["id"] for answer in finished if answer.status_code == 201}
    assert len(files) == 1
    assert (await office.get(files.pop())).content == data


async def test_bytes_of_another_digest_are_thrown_away_and_may_be_sent_again(office, dossier):
    data = paper(30_000)
    upload = await office.begun(data, "dossier", dossier)
    await office.send(upload, 0, data[:-1] + b"\n")
    answer = await office.complete(upload)
    assert (answer.status_code, answer.json()["code"]) == (422, "file.digest")
    assert await office.offset(upload) == 0
    await office.send(upload, 0, data)
    assert (await office.complete(upload)).status_code == 201


async def test_what_is_no_picture_is_refused_with_its_first_part(office, dossier):
    text = b"only text " * 100_000
    upload = await office.begun(text, "dossier", dossier)
    answer = await office.send(upload, 0, text)
    assert (answer.status_code, answer.json()["code"]) == (415, "file.type")
    assert await office.offset(upload) == 0


async def test_what_does_not_open_as_a_whole_is_refused_when_it_is_complete(office, dossier):
    data = picture("PNG", (200, 200))[:-20]
    upload = await office.begun(data, "dossier", dossier)
    await office.send(upload, 0, data)
    answer = await office.complete(upload)
    assert (answer.status_code, answer.json()["code"]) == (422, "file.broken")
    assert await db.fetch_value("SELECT count(*) FROM file") == 0


async def test_more_than_was_declared_is_refused_and_what_fits_is_kept(office, dossier, small_parts):
    data = paper(30_000)
    upload = await office.begun(data, "dossier", dossier)
    answer = await office.send(upload, 0, data + b"and more")
    assert (answer.status_code, answer.json()["code"]) == (422, "file.beyond_size")
    assert await office.offset(upload) > 0


async def test_a_kind_has_a_size_and_a_file_has_some_bytes(office, dossier):
    large = await office.order(b"x", "dossier", dossier, "photo", size=20_000_000)
    assert (large.status_code, large.json()["code"]) == (413, "file.too_large")
    empty = await office.order(b"", "dossier", dossier)
    assert (empty.status_code, empty.json()["code"]) == (400, "file.empty")
    absurd = await office.order(b"x", "dossier", dossier, sha256="abc")
    assert absurd.status_code == 400


async def test_an_upload_is_nobody_elses(office, stranger, dossier):
    data = paper()
    upload = await office.begun(data, "dossier", dossier)
    for answer in (
        await stranger.client.get(upload, headers=stranger.by),
        await stranger.send(upload, 0, data),
        await stranger.complete(upload),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "file.no_upload")
    assert (await stranger.order(data, "dossier", dossier)).status_code == 404


async def test_parts_on_the_disk_are_sealed(office, dossier, settings):
    data = paper(50_000)
    upload = await office.begun(data, "dossier", dossier)
    await office.send(upload, 0, data[:40_000])
    kept = [path.read_bytes() for path in settings.files_folder.rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert b"%PDF" not in kept[0]
    rows = await db.fetch("SELECT u::text AS text FROM file_upload AS u")
    assert not any(digest(data) in row["text"] for row in rows)


async def test_an_upload_that_nobody_completes_is_cleared_away_in_time(office, dossier, settings, clock):
    data = paper(50_000)
    upload = await office.begun(data, "dossier", dossier)
    await office.send(upload, 0, data[:40_000])
    done = await office.begun(picture(), "dossier", dossier, "photo")
    await office.send(done, 0, picture())
    file = (await office.complete(done)).json()["id"]
    vault = vault_of(settings)
    assert isinstance(vault.storage, Folder)

    async def cleared(**later):
        now = clock.advance(timedelta(**later))
        return await service.clear(vault, now=now, machine_now=now, turn=0)

    await cleared(hours=71)
    assert (await office.client.get(upload, headers=office.by)).status_code == 200
    assert await cleared(hours=2) >= 1
    assert (await office.client.get(upload, headers=office.by)).status_code == 404
    assert await db.fetch_value("SELECT count(*) FROM file_upload") == 0
    assert (await office.get(file)).status_code == 200
    assert len([path for path in settings.files_folder.rglob("*") if path.is_file()]) <= 2
