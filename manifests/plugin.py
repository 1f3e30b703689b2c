"""What manifests offers to the whole; the names are fixed and read by `postal.registry`."""

from typing import Any

import click
from piccolo.table import Table

from manifests.manifests import api as manifests_api
from manifests.manifests import repository as manifests_repository
from postal.registry import OutboxHandler, Projector

HANDLERS: tuple[Any, ...] = (*manifests_api.HANDLERS,)
PROJECTORS: tuple[Projector, ...] = (manifests_repository.project,)
PROJECTIONS: tuple[str, ...] = ("manifest_scan",)
OUTBOX_HANDLERS: dict[str, OutboxHandler] = {}
COMMANDS: tuple[click.Command, ...] = ()
TABLES: tuple[type[Table], ...] = ()
