"""The group of all commands, and how errors end one."""

import asyncio
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from postal.cli.failures import sentence_of, status_of
from postal.cli.options import Invocation

# Ours, by name; the packages above bring theirs through their plugins.
OWN = {
    "db": "postal.cli.database:database",
    "doctor": "postal.cli.doctor:doctor",
    "files": "postal.cli.files:files",
    "key": "postal.cli.keys:key",
    "log": "postal.cli.log:log",
    "outbox": "postal.cli.outbox:outbox",
    "rebuild": "postal.cli.ledger:rebuild",
    "serve": "postal.cli.processes:serve",
    "up": "postal.cli.up:up",
    "verify": "postal.cli.ledger:verify",
    "worker": "postal.cli.processes:worker",
}


class Commands(click.Group):
    """Commands found by name: our own without loading the application, others from the plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List every command, in order of name."""
        return sorted({*super().list_commands(ctx), *OWN, *_of_plugins()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name in OWN:
            module, _, attribute = OWN[cmd_name].partition(":")
            found: click.Command = getattr(import_module(module), attribute)
            return found
        return super().get_command(ctx, cmd_name) or _of_plugins().get(cmd_name)


def _of_plugins() -> dict[str, click.Command]:
    from postal.registry import commands

    return {command.name: command for command in commands() if command.name}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Settings file (TOML)."
)
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(package_name="postal", message="%(version)s")
@click.pass_context
def group(context: click.Context, *, config: Path | None, debug: bool) -> None:
    """Dossier logistics over the public post: custody, manifests, reconciliation, lead times."""
    context.obj = Invocation(config=config, debug=debug)


def main(arguments: list[str] | None = None) -> None:
    """Run one command; ends with 0 done, 1 a check or rule failed, 2 wrong use, 3 something needed is not there."""
    debug = "--debug" in (sys.argv if arguments is None else arguments) or bool(
        os.environ.get("POSTAL_TEST_DEBUG")
    )
    try:
        status: Any = group.main(args=arguments, prog_name="postal", standalone_mode=False)
    except click.exceptions.Exit as wanted:
        status = wanted.exit_code
    except click.ClickException as error:
        error.show()
        status = 2
    except (click.Abort, KeyboardInterrupt, asyncio.CancelledError):
        status = 130
    except Exception as error:
        if debug:
            raise
        click.echo(sentence_of(error), err=True)
        status = status_of(error)
    sys.exit(status if isinstance(status, int) else 0)
