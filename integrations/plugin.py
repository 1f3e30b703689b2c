"""What integrations offers to the whole; the names are fixed and read by `postal.registry`."""

from typing import Any

import click
from piccolo.table import Table

from integrations.case_logs.cli import COMMANDS as CASE_LOG_COMMANDS
from integrations.feed import api as feed_api
from integrations.process_mining import api as process_mining_api
from integrations.process_mining.cli import COMMANDS as EXPORT_COMMANDS
from integrations.simulation.cli import COMMANDS as SIMULATION_COMMANDS
from postal.registry import OutboxHandler, Projector

HANDLERS: tuple[Any, ...] = (*feed_api.HANDLERS, *process_mining_api.HANDLERS)
PROJECTORS: tuple[Projector, ...] = ()
PROJECTIONS: tuple[str, ...] = ()
OUTBOX_HANDLERS: dict[str, OutboxHandler] = {}
COMMANDS: tuple[click.Command, ...] = (*CASE_LOG_COMMANDS, *EXPORT_COMMANDS, *SIMULATION_COMMANDS)
TABLES: tuple[type[Table], ...] = ()
