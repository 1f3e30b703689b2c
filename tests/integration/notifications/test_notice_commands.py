"""`postal notices` as an operator and a mail server call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from postal import clock as clock_port
from postal.db import fetch
from tests.factories.notices import failed_notice
from tests.integration.notifications.test_delivery_reports import DSN

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
async def test_a_mail_server_pipes_what_came_back_into_the_command(own_database, tmp_path):
    identifier = await failed_notice("D-1", await clock_port.now())
    other = identifier[:-1] + ("0" if identifier[-1] != "0" else "1")

    def postal(*arguments, fed=None):
        answered = subprocess.run(
            [sys.executable, "-m", "postal.cli", "notices", *arguments, "--json"],
            cwd=ROOT,
            input=fed,
            env={
                **os.environ,
                "POSTAL_DATABASE__DSN": own_database.dsn,
                "POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY": "true",
                "POSTAL_DATA": str(tmp_path),
            },
            capture_output=True,
            check=False,
            timeout=100,
        )
        return answered.returncode, answered.stdout.decode(), answered.stderr.decode()

    said = {"address": "a@b.vn", "action": "delivered", "status": "2.0.0"}
    raw = DSN.format(message=f"<{identifier}@example.vn>", **said).encode()
    code, shown, wrong = postal("bounce", "-", fed=raw)
    assert code == 0, wrong
    assert json.loads(shown) == {"notices": [{"id": identifier, "state": "delivered"}]}
    assert [row["state"] for row in await fetch("SELECT state FROM notification_notice")] == ["delivered"]
    file = tmp_path / "other.eml"
    file.write_bytes(DSN.format(message=f"<{other}@example.vn>", **said).encode())
    code, shown, wrong = postal("bounce", str(file))
    assert code == 0, wrong
    assert json.loads(shown)["notices"][0]["state"] == "unknown", (
        "a mail server that pipes it in made no fault"
    )
    _, shown, _ = postal("ways")
    assert {each["channel"] for each in json.loads(shown)["ways"]} == {"email", "webhook", "sms", "zalo"}
