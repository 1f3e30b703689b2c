"""Folders of the operator's machine: a file that lies still is taken once, and put away with what was wrong beside."""

import asyncio
import os

import pytest

from integrations.imports import service
from integrations.imports.service import watching
from postal.config import hold
from postal.db import fetch_value
from tests.factories.dossiers import parties
from tests.factories.importing import csv_file, dossier_row, worked_through
from tests.factories.importing import watching as settings_watching


@pytest.fixture
async def folder(settings, tmp_path, clock):
    await parties()
    (tmp_path / "box").mkdir()
    return settings_watching(settings, tmp_path / "box")


def put(root, name, data, *, still=True):
    path = root / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    lie(path, since_s=60 if still else -3_600)
    return path


def lie(path, *, since_s):
    """Have a file lie unchanged for so long; one of the future is being written, however slow this machine is."""
    changed = path.stat().st_mtime - since_s
    os.utime(path, (changed, changed))


def lying(root):
    return {
        place: sorted(path.name for path in (root / place).iterdir())
        for place in ("in", "working", "done", "failed")
    }


async def test_a_file_is_taken_when_it_lies_still_and_put_away_when_it_is_through(folder, tmp_path, clock):
    root = tmp_path / "box"
    hold(folder)
    good = csv_file([dossier_row(1), dossier_row(2)])
    put(root, "a.csv", good)
    put(root, "b.csv", csv_file([dossier_row(3), dossier_row(4, **{"Số điện thoại": "x"})]))
    put(root, "c.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    put(root, "d.csv.tmp", good)
    growing = put(root, "e.csv", good[:100])
    fresh = put(root, "f.csv", good, still=False)
    assert (await service.watch(folder, clock.instant)).taken == 0
    growing.write_bytes(good)
    lie(growing, since_s=60)
    assert (await service.watch(folder, clock.instant)).taken == 3
    lie(growing, since_s=-3_600)
    assert lying(root)["in"] == ["d.csv.tmp", "e.csv", "f.csv"]
    assert fresh.read_bytes() == good
    await worked_through()
    assert (await service.watch(folder, clock.instant)).ended == 2
    assert lying(root) == {
        "in": ["d.csv.tmp", "e.csv", "f.csv"],
        "working": [],
        "done": ["a.csv"],
        "failed": ["b.csv", "b.csv.loi.csv", "c.csv", "c.csv.loi.txt"],
    }
    assert "cell.invalid" in (root / "failed" / "b.csv.loi.csv").read_text("utf-8-sig")
    assert "import.old_spreadsheet" in (root / "failed" / "c.csv.loi.txt").read_text("utf-8")
    (root / "in" / "d.csv.tmp").rename(root / "in" / "a.csv")
    for left in (growing, fresh):
        left.unlink()
    for _ in range(2):
        await service.watch(folder, clock.instant)
    await worked_through()
    await service.watch(folder, clock.instant)
    assert lying(root)["done"] == ["2-a.csv", "a.csv"]
    assert await fetch_value("SELECT count(*) FROM dossier") == 3


async def test_one_process_takes_a_file_and_what_a_killed_one_left_goes_back(
    folder, tmp_path, clock, monkeypatch
):
    root = tmp_path / "box"
    hold(folder)
    for number in range(20):
        put(root, f"{number}.csv", csv_file([dossier_row(number)]))
    await service.watch(folder, clock.instant)
    paths = sorted((root / "in").iterdir())
    targets = [root / "working" / path.name for path in paths]
    wins = await asyncio.gather(
        *(
            asyncio.to_thread(watching._moved, path, target)
            for path, target in zip(paths, targets, strict=True)
            for _ in range(4)
        )
    )
    assert sum(win is not None for win in wins) == len(paths)
    assert lying(root)["in"] == []
    # Whoever took them was killed before it brought them: nobody touches them at once.
    await service.watch(folder, clock.instant)
    assert len(lying(root)["working"]) == len(paths)
    monkeypatch.setattr(watching, "LEFT_S", -1.0)
    # Who was first may have had to take another name, and that is looked at twice before it is taken.
    for _ in range(2):
        await service.watch(folder, clock.instant)
    assert len(lying(root)["in"]) + len(lying(root)["working"]) == len(paths)
    assert await fetch_value("SELECT count(*) FROM import_job") == 20
    put(root, "z.csv", b"one more than may wait")
    for _ in range(2):
        await service.watch(folder, clock.instant)
    assert "z.csv" in lying(root)["in"]
