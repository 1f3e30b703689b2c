"""What the platform offers to the whole; the names are fixed and read by `postal.registry`."""

from collections.abc import Awaitable, Callable
from typing import Any

import click
from piccolo.table import Table

from postal.administration import pages as administration_pages
from postal.administration import tasks as administration_tasks
from postal.calendars import api as calendars_api
from postal.files import api as files_api
from postal.identity import api as identity_api
from postal.identity import tables as identity_tables
from postal.identity.rules import Role
from postal.law import api as law_api
from postal.law import pages as law_pages
from postal.network import api as network_api
from postal.network import service as network
from postal.network import tables as network_tables
from postal.proof import api as proof_api
from postal.proof import figures as proof_figures
from postal.registry import OutboxHandler, Projector, Regular, Source
from postal.web import figures
from postal.web.navigation import NavigationLink
from postal.web.sections import HomeSection

HANDLERS: tuple[Any, ...] = (
    *network_api.HANDLERS,
    *identity_api.HANDLERS,
    *law_api.HANDLERS,
    *law_pages.PAGE_HANDLERS,
    *calendars_api.HANDLERS,
    *proof_api.HANDLERS,
    *files_api.HANDLERS,
    *administration_pages.PAGE_HANDLERS,
)
PROJECTORS: tuple[Projector, ...] = ()
PROJECTIONS: tuple[str, ...] = ()
REGULAR: dict[str, Regular] = {**administration_tasks.REGULAR}
OUTBOX_HANDLERS: dict[str, OutboxHandler] = {}
COMMANDS: tuple[click.Command, ...] = ()
TABLES: tuple[type[Table], ...] = (*network_tables.TABLES, *identity_tables.TABLES)
HOME_SECTIONS: tuple[HomeSection, ...] = (*administration_pages.HOME_SECTIONS, *law_pages.HOME_SECTIONS)
NAVIGATION: tuple[NavigationLink, ...] = (
    NavigationLink(
        title=("Quản trị", "Administration"),
        address="/admin",
        roles=frozenset({Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD}),
    ),
    NavigationLink(
        title=("Nhật ký truy cập", "Audit"),
        address="/audit",
        roles=frozenset({Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR}),
        aside=True,
    ),
    NavigationLink(title=("Đổi mật khẩu", "Change password"), address="/account/password", aside=True),
    NavigationLink(title=("Quy định", "Rules"), address="/law", roles=frozenset({Role.ADMIN, Role.CONTROL})),
)
FIGURES: tuple[Source, ...] = (
    figures.of_outbox,
    figures.of_ledger,
    figures.of_database,
    proof_figures.of_log,
)
SEEDS: tuple[Callable[[], Awaitable[None]], ...] = (network.load_units, network.seed_operator)
"""What every database holds from the start; run as the owner after migrations, and without effect when repeated."""
