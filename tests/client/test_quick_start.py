"""The quick start of the README is executed: generated, built, installed, and run against a server of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from integrations.signing.rules import signed
from postal import clock
from postal.db import fetch
from postal.identity.rules import Role
from tests.client.making import make
from tests.factories.dossiers import OFFICE, parties
from tests.factories.identity import device, person
from tests.faults.conftest import process_of

ROOT = Path(__file__).parents[2]
SECRET = "whsec_" + "QUJD" * 8
SHOWS = """
print(json.dumps({
    "verdict": answer.results[0].verdict, "said": answer.results[0].to_dict(), "item": item.code,
    "dossier": dossier.code, "kinds": [event.kind for event in page.items], "cursor": page.next_cursor,
    "verified": verify(bytes.fromhex(os.environ["BODY"]), json.loads(os.environ["HEADERS"])),
}))
from postal_client.models import Problem
refused = register_dossier.sync(client=client, body=NewDossier("9.9", "H57.01", "MC-HUE", "both", papers.applicant))
assert isinstance(refused, Problem), refused
print(refused.code)
"""


def blocks():
    """Give the shell lines and the program between the marks."""
    _, marked, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- quick start -->")
    return re.findall(r"```(sh|python)\n(.*?)```", marked, re.DOTALL)


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def installed():
    """Make the client as `make client` does, and install its wheel into a folder of its own."""
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    wheel = make(made / "client")
    target = made / "installed"
    run("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target), str(wheel))
    yield target
    shutil.rmtree(made, ignore_errors=True)


def run(*command, at=ROOT, **environment):
    answered = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **environment},
        cwd=at,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answered.returncode == 0, answered.stdout + answered.stderr
    return answered.stdout.strip()


def test_the_quick_start_is_short_and_names_the_commands_that_exist():
    (shell, commands), (language, program) = blocks()
    assert (shell, language) == ("sh", "python")
    assert "make client" in commands
    work = [line for line in program.splitlines() if line and not line.startswith(("import ", "from "))]
    assert len(work) == 10
    compile(program, "README.md", "exec")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_package_is_typed_strictly(installed):
    run("-m", "mypy", "--strict", "postal_client", at=installed)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_the_quick_start_does_what_it_says(own_database, installed, folder):
    # The server and the command read the real time.
    now = clock.machine_now() - timedelta(days=1)
    await parties()
    await person("NV-01", OFFICE, Role.CLERK, now=now)
    await device("may-01", OFFICE, now=now)
    (_, commands), (_, program) = blocks()
    database = {
        "POSTAL_DATABASE__DSN": own_database.dsn,
        "POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY": "true",
        "POSTAL_DATA": str(folder),
    }
    made = re.search(r"\$\(postal (key create .*)\)", commands).group(1)
    key = run("-m", "postal.cli", *made.split(), **database)
    body = json.dumps({"type": "dossier.result", "data": {"dossier": "X"}}).encode()
    # The library of the receiver reads the time of this machine.
    headers = signed([SECRET], "msg_1", clock.machine_now() - timedelta(seconds=5), body)
    serving = process_of("serve", folder, "serve", own_database)
    try:
        await serving.ready()
        shown = run(
            "-c",
            f"import json\n{program}{SHOWS}",
            PYTHONPATH=str(installed),
            POSTAL_URL=serving.url,
            POSTAL_KEY=key,
            POSTAL_WEBHOOK_SECRET=SECRET,
            BODY=body.hex(),
            HEADERS=json.dumps(headers),
        )
    finally:
        serving.stop()
    first, refused = shown.splitlines()
    told = json.loads(first)
    assert told["verdict"] == "accepted", told
    assert told["said"]["holder"] == OFFICE, told
    assert {"registered", "accept"} <= set(told["kinds"])
    assert told["verified"] == json.loads(body)
    assert refused.count(".") == 1
    (kept,) = await fetch("SELECT code FROM dossier")
    assert kept["code"] == told["dossier"]
