"""What an operator does about files: checks them, erases them."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.files import picture

ROOT = Path(__file__).parents[3]


@pytest.fixture
def postal(settings):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
    environment = inherited | {
        "POSTAL_DATABASE__DSN": settings.database.dsn,
        "POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY": "true",
        "POSTAL_DATA": settings.data,
    }

    async def run(*arguments):
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "postal.cli", "files", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.slow
async def test_an_operator_checks_all_files_and_erases_those_of_a_dossier(office, dossier, settings, postal):
    file = await office.attached(picture(), "dossier", dossier)
    status, told, wrong = await postal("check", "--json")
    assert (status, json.loads(told)) == (0, {"files": 1, "wrong": []}), wrong
    [path] = [each for each in settings.files_folder.rglob("*") if each.is_file()]
    path.write_bytes(path.read_bytes()[:-1])
    status, told, _ = await postal("check")
    assert status == 1
    assert file["id"] in told
    # Whoever does not confirm erases nothing.
    status, _, _ = await postal("erase", "dossier", dossier, "--reason", "order")
    assert status != 0
    assert (await office.get(file["id"])).status_code == 503
    status, told, wrong = await postal("erase", "dossier", dossier, "--reason", "order", "--yes", "--json")
    assert (status, json.loads(told)["files"]) == (0, 1), wrong
    assert (await office.get(file["id"])).status_code == 410
    status, _, wrong = await postal("erase", "dossier", dossier, "--reason", "because he asked", "--yes")
    assert status == 2, wrong
