"""The house as a test sees it: where it answers, what is in it, and what one may ask of it."""

import json
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from postal.config import DatabaseSettings, Settings
from tests.browser.routes import pages

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


class House:
    """One server process with its scenes (`scenes.py`), started once for all browser tests of a worker.

    `url` is where it answers, `codes` what is in it by name, `people` who signs in as what, `tokens` their sessions,
    `keys` headers for its API, `pages` every page there is, `database` its tables for a test that looks behind them.
    """

    def __init__(self, database: DatabaseSettings, folder: Path) -> None:
        self.database = database
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.serving"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        settings = Settings()
        # On a machine that is busy with other tests, a house that is slow shall not look broken.
        patient = replace(database, connect_timeout_s=15.0)
        settings = replace(settings, database=patient, data=str(folder), web=replace(settings.web, port=0))
        self._write(msgspec.json.encode(settings))
        begun = self._read()
        self.url: str = begun["url"]
        self.codes: dict[str, str] = begun["codes"]
        self.people: dict[str, str] = begun["people"]
        self.tokens: dict[str, str] = begun["tokens"]
        self.keys: dict[str, str] = begun["keys"]
        self.pages = pages(begun["pages"])

    def ask(self, what: str, **more: Any) -> Any:
        """Have something done that no browser may do: `session`, `advance`, `now`, `settle` (see serving.Doors)."""
        self._write(json.dumps({"do": what, **more}).encode())
        answer = self._read()
        assert "failed" not in answer, answer["failed"]
        return answer["said"]

    def errors(self) -> str:
        """Give what the process wrote about failures of its own."""
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").splitlines()
        return "\n".join(line for line in lines if '"level":"error"' in line.replace(" ", ""))

    def stop(self) -> None:
        """End the process."""
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._said.close()

    def _write(self, line: bytes) -> None:
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def _read(self) -> Any:
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self._process.kill()
            self._process.wait()
            self._said.seek(0)
            told = self._said.read().decode(errors="replace")[-4000:]
            self.stop()
            raise AssertionError(told)
        return json.loads(line)
