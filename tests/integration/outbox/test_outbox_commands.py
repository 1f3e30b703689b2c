"""`postal outbox list` and `revive`: dead letters are seen and played again."""

import json
import os
import subprocess
import sys
from pathlib import Path

from postal import clock as clock_port
from postal import db
from postal.outbox import publish, repository

ROOT = Path(__file__).parents[3]


def postal(database, *arguments):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
    return subprocess.run(
        [sys.executable, "-m", "postal.cli", "outbox", *arguments],
        cwd=ROOT,
        env=inherited
        | {
            "POSTAL_DATABASE__DSN": database.dsn,
            "POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY": "true",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def dead(*keys):
    async with db.unit_of_work():
        made = [await publish("test.noted", {"secret": "Nguyễn Văn A"}, key=key) for key in keys]
    for identifier in made:
        await repository.bury(identifier, 0, "builtins.ValueError", clock_port.machine_now())
    return made


async def test_dead_messages_are_listed_and_revived(database):
    first, second = await dead("A", None)
    listed = postal(database, "list", "--dead", "--json")
    assert {each["id"] for each in json.loads(listed.stdout)} == {str(first), str(second)}
    shown = postal(database, "list", "--dead")
    assert "[A]" in shown.stdout
    assert "ValueError" in shown.stdout
    assert "Nguyễn" not in shown.stdout + listed.stdout

    assert json.loads(postal(database, "revive", str(first), "--json").stdout) == {"revived": 1}
    assert postal(database, "revive", str(first)).returncode == 1
    assert json.loads(postal(database, "revive", "--all", "--json").stdout) == {"revived": 1}
    assert (await repository.backlog()).dead == 0
    assert [each.key for each in await repository.list_live(dead=False, limit=5)] == ["A", None]
