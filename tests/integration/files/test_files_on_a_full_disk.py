"""The disk of files runs full: refusals that say so, nothing acknowledged lost, and it goes on with new space."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from postal import db
from postal.config import FileSettings
from tests.factories.files import paper, picture

MEGABYTES = 6


@pytest.fixture
def small_disk():
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        shutil.rmtree(made)
        pytest.skip("a small file system can be mounted by root alone")
    options = ["-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0700", "tmpfs", str(made)]
    done = subprocess.run([mount, *options], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(made)
        pytest.skip(f"this machine refuses to mount: {done.stderr.strip()}")
    try:
        yield made
    finally:
        subprocess.run(["umount", "-l", str(made)], check=True)
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def settings(database, tmp_path, small_disk):
    from postal.config import Settings

    return replace(
        Settings(),
        database=database,
        data=str(tmp_path),
        files=FileSettings(folder=str(small_disk / "files")),
    )


async def test_a_full_disk_is_said_and_loses_nothing_that_was_acknowledged(office, dossier, small_disk):
    kept = picture()
    file = await office.attached(kept, "dossier", dossier)
    data = paper(4_500_000)
    upload = await office.begun(data, "dossier", dossier)
    first = await office.send(upload, 0, data[:2_000_000])
    assert first.status_code == 200
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as filling:
        try:
            while filling.write(b"x" * 4096):
                pass
        except OSError:
            pass
    for answer in (
        await office.attach(picture(size=(600, 400)), "dossier", dossier),
        await office.send(upload, 2_000_000, data[2_000_000:]),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "file.disk_full")
        assert int(answer.headers["retry-after"]) > 0
    # What was begun in vain takes no space either, and what is there is read as before.
    assert list((small_disk / "files" / "incoming").iterdir()) == []
    assert (await office.get(file["id"])).content == kept
    assert await office.offset(upload) == 2_000_000
    assert await db.fetch_value("SELECT count(*) FROM file") == 1
    ballast.unlink()
    assert (await office.attach(picture(size=(600, 400)), "dossier", dossier)).status_code == 201
    assert (await office.send(upload, 2_000_000, data[2_000_000:2_500_000])).json()["offset"] == 2_500_000
