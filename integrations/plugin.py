"""What integrations offers to the whole; the names are fixed and read by `postal.registry`."""

from collections.abc import Callable
from typing import Any

import click
from piccolo.table import Table

from integrations.case_logs.cli import COMMANDS as CASE_LOG_COMMANDS
from integrations.deliveries import figures as delivery_figures
from integrations.deliveries import tasks as delivery_tasks
from integrations.feed import api as feed_api
from integrations.imports import service as imports
from integrations.imports.tasks import OUTBOX_HANDLERS as IMPORTS_OUTBOX
from integrations.imports.tasks import REGULAR as IMPORTS_REGULAR
from integrations.notifications import pages as notice_pages
from integrations.notifications import service as notices
from integrations.notifications.tasks import REGULAR as NOTICES_REGULAR
from integrations.outgoing import service as outgoing
from integrations.process_mining import api as process_mining_api
from integrations.process_mining.cli import COMMANDS as EXPORT_COMMANDS
from integrations.simulation.cli import COMMANDS as SIMULATION_COMMANDS
from postal.config import Settings
from postal.registry import Holding, OutboxHandler, Projector, Regular, Source, Steady
from postal.web.navigation import NavigationLink
from shipments.tracking.sections import TrackingSection

HANDLERS: tuple[Any, ...] = (*feed_api.HANDLERS, *process_mining_api.HANDLERS, *notice_pages.HANDLERS)
PROJECTORS: tuple[Projector, ...] = ()
PROJECTIONS: tuple[str, ...] = ()
OUTBOX_HANDLERS: dict[str, OutboxHandler] = {**IMPORTS_OUTBOX}
COMMANDS: tuple[click.Command, ...] = (*CASE_LOG_COMMANDS, *EXPORT_COMMANDS, *SIMULATION_COMMANDS)
TABLES: tuple[type[Table], ...] = ()
CONFIGURED: tuple[Callable[[Settings], None], ...] = (notices.configure, imports.configure, outgoing.configure)
REGULAR: dict[str, Regular] = {**IMPORTS_REGULAR, **NOTICES_REGULAR, **delivery_tasks.REGULAR}
STEADY: dict[str, Steady] = {**delivery_tasks.STEADY}
FIGURES: tuple[Source, ...] = (delivery_figures.of_deliveries,)
ADAPTERS: dict[str, Any] = {}
"""What builds each kind of delivery, and judges what came back: `integrations.deliveries.rules.Adapter`."""
NAVIGATION: tuple[NavigationLink, ...] = (
    NavigationLink(
        title=("Tin báo chưa đến", "Notices not delivered"),
        address="/notices",
        roles=notice_pages.SEEING,
        aside=True,
    ),
)
TRACKING_SECTIONS: tuple[TrackingSection, ...] = notice_pages.TRACKING_SECTIONS
HOLDINGS: tuple[Holding, ...] = (
    Holding(
        name="imports",
        title=("Tệp cơ quan gửi lên có hồ sơ này", "Files of agencies in which the dossier stands"),
        retained=False,
        export=imports.export_about,
        erase=imports.erase_about,
    ),
    Holding(
        name="notices",
        title=("Nhận tin báo", "Who is told of news"),
        retained=False,
        export=notices.export,
        erase=notices.erase,
    ),
)
