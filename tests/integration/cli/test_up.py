"""`postal up` as a person or a service manager runs it: a real process, killed in every way."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]
START_S = 90
STOP_S = 10
# This machine is shared: what takes 2 s alone may take longer beside the other tests.
SLACK_S = 5


class Up:
    """One `postal up` on a data folder."""

    def __init__(self, folder, *options, **given):
        self.folder = folder
        self.port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "postal.cli",
                "up",
                "--data",
                str(folder),
                "--port",
                str(self.port),
                *options,
            ],
            cwd=ROOT,
            env=environment | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self, seconds=START_S):
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if self.process.poll() is not None:
                raise AssertionError(self.process.communicate())
            if self.status("/health/ready") == 200:
                return time.monotonic() - begun
            time.sleep(0.1)
        raise AssertionError("not ready")

    def status(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=3) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words):
        found = [each for each in self.family() if all(word in each.cmdline() for word in words)]
        assert len(found) == 1, found
        return found[0]

    def stopped_by(self, number):
        """Send a signal; gives the seconds until the process is gone."""
        begun = time.monotonic()
        self.process.send_signal(number)
        self.output = self.process.communicate(timeout=60)
        return time.monotonic() - begun


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def left(family, seconds=3.0):
    """Give what still lives of a family of processes."""
    _, alive = psutil.wait_procs(family, timeout=seconds)
    return [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("did not come to pass")


@pytest.fixture
def folder():
    """Give a data folder; pytest's own would be closed to the database's user again and again by other workers."""
    made = Path(tempfile.mkdtemp(prefix="postal-test-"))
    yield made / "data"
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def start(folder):
    """Start systems that are gone after the test."""
    begun = []

    def started(*options, **given):
        up = Up(folder, *options, **given)
        begun.append(up)
        return up

    yield started
    for up in begun:
        family = up.family() if up.process.poll() is None else []
        up.process.kill()
        up.process.communicate()
        for each in left(family, 5):
            each.kill()


def postal(*arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
    return subprocess.run(
        [sys.executable, "-m", "postal.cli", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_system_starts_serves_refuses_a_second_one_stops_and_starts_again(start, folder):
    up = start()
    up.ready()
    data = ("--data", str(folder))
    assert up.status("/health/live") == 200
    assert {Path(each.exe()).name for each in up.family()} >= {"postgres", "valkey-server"}

    second = postal("up", *data, "--port", str(free_port()))
    assert second.returncode == 1
    assert "đang chạy" in second.stderr
    assert "already runs" in second.stderr
    assert "Traceback" not in second.stderr

    found = postal("doctor", *data, "--json")
    states = {each["name"]: each["state"] for each in json.loads(found.stdout)}
    assert found.returncode == 0
    assert {name for name, state in states.items() if state == "failed"} == set()
    assert (
        states["role"]
        == states["ledger"]
        == states["partitions"]
        == states["migrations"]
        == states["web"]
        == "ok"
    )

    verified = postal("verify", *data, "--json")
    assert (verified.returncode, json.loads(verified.stdout)["mismatched"]) == (0, [])
    assert postal("db", "check", *data).returncode == 0
    assert json.loads(postal("db", "up", *data, "--json").stdout) == {"migrated": []}
    assert json.loads(postal("outbox", "list", *data, "--json").stdout) == []
    assert json.loads(postal("rebuild", *data, "--json").stdout)["codes"] == 0

    family = up.family()
    assert up.stopped_by(signal.SIGTERM) < STOP_S
    assert up.process.returncode == 0
    assert left(family) == []

    again = start()
    assert again.ready() < STOP_S + SLACK_S
    family = again.family()
    assert again.stopped_by(signal.SIGINT) < STOP_S
    assert left(family) == []


@pytest.mark.slow
def test_web_and_worker_and_servers_come_back_when_killed(start):
    up = start()
    up.ready()
    for words in (("serve",), ("worker",)):
        before = up.child(*words)
        before.kill()
        until(lambda words=words, before=before: _other(up, before, *words))
    until(lambda: up.status("/health/ready") == 200)
    for name in ("valkey-server", "postgres"):
        before = _server(up, name)
        before.kill()
        until(lambda name=name, before=before: _server(up, name) not in {None, before})
    until(lambda: up.status("/health/ready") == 200)


@pytest.mark.slow
def test_a_system_stops_in_time_though_its_processes_are_frozen_and_a_request_hangs(start):
    up = start()
    up.ready()
    hanging = socket.create_connection(("127.0.0.1", up.port))
    hanging.sendall(b"POST /api/v1/scans HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\n{")
    family = up.family()
    up.child("worker").send_signal(signal.SIGSTOP)
    _server(up, "postgres").send_signal(signal.SIGSTOP)
    assert up.stopped_by(signal.SIGTERM) < STOP_S
    assert left(family) == []
    hanging.close()


@pytest.mark.slow
def test_nothing_outlives_a_killed_supervisor_and_the_next_start_recovers(start):
    up = start()
    up.ready()
    family = up.family()
    up.stopped_by(signal.SIGKILL)
    assert left(family, 10) == []
    again = start()
    again.ready()


@pytest.mark.slow
def test_a_system_on_a_server_of_the_settings_starts_only_what_is_missing(start, shared_database):
    up = start(
        POSTAL_DATABASE__DSN=shared_database.dsn,
        POSTAL_DATABASE__OWNER_DSN=shared_database.owner_dsn,
        POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY="true",
        POSTAL_WEB__WORKERS="2",
    )
    up.ready()
    assert _server(up, "postgres") is None
    assert len([each for each in up.family() if "serve" in each.cmdline()]) == 2
    # A web process must not have what only the owner may do.
    for each in up.family():
        assert shared_database.owner_dsn not in " ".join([*each.cmdline(), *each.environ().values()])
    assert [up.status("/health/ready") for _ in range(20)] == [200] * 20
    family = up.family()
    assert up.stopped_by(signal.SIGTERM) < STOP_S
    assert left(family) == []


def test_a_taken_port_is_said_in_a_sentence(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = postal("up", "--data", str(folder), "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 1
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_database_keeps_the_clock_that_it_began_with(start, folder):
    up = start("--clock", "simulated")
    up.ready()
    up.stopped_by(signal.SIGTERM)
    refused = postal("up", "--data", str(folder), "--port", str(free_port()))
    assert refused.returncode == 1
    assert "clock.other_mode" in refused.stderr


def _other(up, before, *words):
    with contextlib.suppress(psutil.NoSuchProcess):
        return any(
            each.pid != before.pid and all(word in each.cmdline() for word in words) for each in up.family()
        )
    return False


def _server(up, name):
    for each in psutil.Process(up.process.pid).children():
        # One that was killed a moment ago has no program any more.
        with contextlib.suppress(psutil.NoSuchProcess):
            if Path(each.exe()).name == name:
                return each
    return None
