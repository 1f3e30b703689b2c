"""Commands as a person meets them: help, wrong use, sentences, statuses."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from postal.cli.failures import FAILED, UNAVAILABLE, WRONG_USE, sentence_of, status_of
from postal.cli.main import OWN, group, main
from postal.config import SettingsError
from postal.errors import BadInput, Conflict, NotFound, Unavailable

ROOT = Path(__file__).parents[3]


def ended(capsys, *arguments):
    """Run a command; gives its status, output and error output."""
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    read = capsys.readouterr()
    return end.value.code, read.out, read.err


def leaves(command, path=()):
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from leaves(command.get_command(context, name), (*path, name))
    else:
        yield " ".join(path), command


def test_help_lists_the_commands_of_the_design(capsys):
    status, out, _ = ended(capsys, "--help")
    assert status == 0
    for name in ("up", "serve", "worker", "db", "doctor", "key", "rebuild", "verify", "outbox"):
        assert f"  {name} " in out


def test_every_own_command_exists():
    context = click.Context(group)
    assert all(group.get_command(context, name).name == name for name in OWN)


@pytest.mark.parametrize(
    ("path", "command"), [*leaves(group)], ids=lambda each: each if isinstance(each, str) else ""
)
def test_every_command_explains_itself(path, command):
    assert command.help or command.short_help


@pytest.mark.parametrize(
    "path", ["doctor", "db up", "db check", "key create", "rebuild", "verify", "outbox list"]
)
def test_commands_that_answer_can_answer_in_json(path):
    command = dict(leaves(group))[path]
    assert "--json" in {option for parameter in command.params for option in parameter.opts}


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["up", "--port", "x"],
        ["key", "create"],
        ["outbox", "revive", "1"],
        ["outbox", "revive"],
        ["outbox", "revive", "--all", "01a205ea-be80-77cd-8c8c-1b2664b566b0"],
    ],
)
def test_wrong_use_is_status_two_and_a_sentence(capsys, arguments):
    status, _, err = ended(capsys, *arguments)
    assert status == 2
    assert "Usage" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", [["doctor"], ["verify", "--json"], ["outbox", "list"], ["db", "check"]])
def test_without_a_running_database_a_command_says_how_to_start_one(capsys, tmp_path, command):
    status, out, err = ended(capsys, *command, "--data", str(tmp_path))
    assert (status, out) == (3, "")
    assert "postal up" in err
    assert "database.not_running" in err


def test_an_unknown_setting_is_wrong_use(capsys, monkeypatch):
    monkeypatch.setenv("POSTAL_DATABASE__DNS", "x")
    status, _, err = ended(capsys, "doctor")
    assert status == 2
    assert "database.dns" in err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Conflict("a.b", vi="Không", en="No"), FAILED),
        (NotFound("a.b", vi="Không", en="No"), FAILED),
        (BadInput("a.b", vi="Không", en="No"), WRONG_USE),
        (SettingsError("x"), WRONG_USE),
        (Unavailable("a.b", vi="Không", en="No"), UNAVAILABLE),
        (ConnectionRefusedError(111, "refused"), UNAVAILABLE),
        (ExceptionGroup("several", [Unavailable("a.b", vi="Không", en="No")]), UNAVAILABLE),
        (ZeroDivisionError(), FAILED),
    ],
)
def test_errors_have_a_status_and_a_sentence_in_two_languages(error, status):
    assert status_of(error) == status
    assert len(sentence_of(error).splitlines()) == 2


def test_help_does_not_load_the_application():
    code = (
        "import sys, json\n"
        "from postal.cli.main import group\n"
        "import click\n"
        "group.get_command(click.Context(group), 'up')\n"
        "print(json.dumps([name for name in ('litestar', 'numpy', 'shipments') if name in sys.modules]))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(loaded.stdout) == []
