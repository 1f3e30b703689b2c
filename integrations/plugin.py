"""What integrations offers to the whole; the names are fixed and read by `postal.registry`."""

from typing import Any

import click
from piccolo.table import Table

from postal.registry import OutboxHandler, Projector

HANDLERS: tuple[Any, ...] = ()
PROJECTORS: tuple[Projector, ...] = ()
PROJECTIONS: tuple[str, ...] = ()
OUTBOX_HANDLERS: dict[str, OutboxHandler] = {}
COMMANDS: tuple[click.Command, ...] = ()
TABLES: tuple[type[Table], ...] = ()
