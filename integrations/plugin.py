"""What integrations offers to the whole; the names are fixed and read by `postal.registry`."""

from collections.abc import Callable
from typing import Any

import click
from piccolo.table import Table

from integrations.case_logs.cli import COMMANDS as CASE_LOG_COMMANDS
from integrations.deliveries import api as deliveries_api
from integrations.deliveries import figures as delivery_figures
from integrations.deliveries import pages as delivery_pages
from integrations.deliveries import tasks as delivery_tasks
from integrations.deliveries.cli import COMMANDS as DELIVERY_COMMANDS
from integrations.epcis import api as epcis_api
from integrations.epcis import pages as epcis_pages
from integrations.epcis import service as epcis
from integrations.epcis.service import taking as epcis_taking
from integrations.epcis.tasks import OUTBOX_HANDLERS as EPCIS_TASKS
from integrations.feed import api as feed_api
from integrations.imports import api as imports_api
from integrations.imports import pages as imports_pages
from integrations.imports import service as imports
from integrations.imports.cli import COMMANDS as IMPORTS_COMMANDS
from integrations.imports.tasks import OUTBOX_HANDLERS as IMPORTS_OUTBOX
from integrations.imports.tasks import REGULAR as IMPORTS_REGULAR
from integrations.inbox import api as inbox_api
from integrations.inbox import pages as inbox_pages
from integrations.inbox import service as inbox
from integrations.inbox.cli import COMMANDS as INBOX_COMMANDS
from integrations.inbox.rules import SEEING as SEEING_INBOX
from integrations.inbox.tasks import STEADY as INBOX_STEADY
from integrations.notifications import api as notices_api
from integrations.notifications import pages as notice_pages
from integrations.notifications import service as notices
from integrations.notifications.cli import COMMANDS as NOTICE_COMMANDS
from integrations.notifications.tasks import REGULAR as NOTICES_REGULAR
from integrations.outgoing import service as outgoing
from integrations.partners import api as partners_api
from integrations.partners import pages as partner_pages
from integrations.partners.cli import COMMANDS as PARTNER_COMMANDS
from integrations.partners.rules import SEEING as SEEING_PARTNERS
from integrations.portal import api as portal_api
from integrations.portal import pages as portal_pages
from integrations.portal.cli import portal as export_portal
from integrations.portal.rules import PortalSettings
from integrations.portal.service import taking as portal_taking
from integrations.portal.service.sending import PortalAdapter
from integrations.portal.tasks import REGULAR as PORTAL_REGULAR
from integrations.post import api as post_api
from integrations.post import pages as post_pages
from integrations.post import service as post
from integrations.post.repository import orders as post_orders
from integrations.post.service.adapter import PostAdapter
from integrations.post.tasks import REGULAR as POST_REGULAR
from integrations.process_mining import api as process_mining_api
from integrations.process_mining.cli import COMMANDS as EXPORT_COMMANDS
from integrations.simulation.cli import COMMANDS as SIMULATION_COMMANDS
from integrations.webhooks import api as webhooks_api
from integrations.webhooks import pages as webhooks_pages
from integrations.webhooks import service as webhooks
from integrations.webhooks.rules import INTEGRATORS
from integrations.webhooks.tasks import REGULAR as WEBHOOKS_REGULAR
from integrations.webhooks.tasks import STEADY as WEBHOOKS_STEADY
from postal.config import Settings
from postal.registry import Holding, OutboxHandler, Projector, Regular, Source, Steady
from postal.web.navigation import NavigationLink
from postal.web.sections import HomeSection
from shipments.tracking.sections import TrackingSection

HANDLERS: tuple[Any, ...] = (
    *feed_api.HANDLERS,
    *deliveries_api.HANDLERS,
    *delivery_pages.HANDLERS,
    *epcis_api.HANDLERS,
    *epcis_pages.HANDLERS,
    *process_mining_api.HANDLERS,
    *notices_api.HANDLERS,
    *notice_pages.HANDLERS,
    *imports_api.HANDLERS,
    *imports_pages.HANDLERS,
    *webhooks_api.HANDLERS,
    *webhooks_pages.HANDLERS,
    *partners_api.HANDLERS,
    *inbox_api.HANDLERS,
    *partner_pages.PAGES,
    *inbox_pages.PAGES,
    *post_api.HANDLERS,
    *post_pages.HANDLERS,
    *portal_api.HANDLERS,
    *portal_pages.HANDLERS,
)
for imported in IMPORTS_COMMANDS:
    CASE_LOG_COMMANDS[0].add_command(imported)
# One group of commands writes files for other programs; each noun adds its own.
EXPORT_COMMANDS[0].add_command(export_portal)
PROJECTORS: tuple[Projector, ...] = (post_orders.project,)
PROJECTIONS: tuple[str, ...] = ("post_order",)
OUTBOX_HANDLERS: dict[str, OutboxHandler] = {**IMPORTS_OUTBOX, **EPCIS_TASKS}
COMMANDS: tuple[click.Command, ...] = (
    *DELIVERY_COMMANDS,
    *CASE_LOG_COMMANDS,
    *EXPORT_COMMANDS,
    *NOTICE_COMMANDS,
    *SIMULATION_COMMANDS,
    *PARTNER_COMMANDS,
    *INBOX_COMMANDS,
)
TABLES: tuple[type[Table], ...] = ()
CONFIGURED: tuple[Callable[[Settings], None], ...] = (
    epcis.configure,
    outgoing.configure,
)
REGULAR: dict[str, Regular] = {
    **WEBHOOKS_REGULAR,
    **IMPORTS_REGULAR,
    **PORTAL_REGULAR,
    **NOTICES_REGULAR,
    **POST_REGULAR,
    **delivery_tasks.REGULAR,
}
INBOUND: dict[str, Any] = {
    "portal.dossiers": portal_taking.dossiers,
    "portal.progress": portal_taking.progress,
    **post.INBOUND,
    "epcis.document": epcis_taking.document,
}
"""What understands each kind of message that partners send: `integrations.inbox.rules.Handler`."""
PARTNER_SETTINGS: dict[str, Any] = {
    "portal": PortalSettings,
    "agency": PortalSettings,
    "post": post.PostSettings,
    "epcis": epcis_taking.EpcisSettings,
}
"""The form (a Struct) of the settings of each kind of partner that states one."""
STEADY: dict[str, Steady] = {**INBOX_STEADY, **WEBHOOKS_STEADY, **delivery_tasks.STEADY}
FIGURES: tuple[Source, ...] = (delivery_figures.of_deliveries,)
ADAPTERS: dict[str, Any] = {
    "webhook": webhooks.WebhookAdapter(),
    "portal": PortalAdapter(),
    "post": PostAdapter(),
}
"""What builds each kind of delivery, and judges what came back: `integrations.deliveries.rules.Adapter`."""
NAVIGATION: tuple[NavigationLink, ...] = (
    NavigationLink(
        title=("Phần mềm đối tác", "Partners' programs"),
        address="/partners",
        roles=SEEING_PARTNERS,
        aside=True,
    ),
    NavigationLink(
        title=("Tin đối tác gửi đến", "Messages of partners"),
        address="/inbox",
        roles=SEEING_INBOX,
        aside=True,
    ),
    NavigationLink(
        title=("Nhập tệp", "Import files"), address="/imports", roles=imports_pages.SEEING, aside=True
    ),
    *delivery_pages.NAVIGATION,
    NavigationLink(
        title=("Trao đổi EPCIS 2.0", "EPCIS 2.0"),
        address="/epcis",
        roles=epcis_pages.SEEING,
        aside=True,
    ),
    NavigationLink(
        title=("Đăng ký nhận tin (webhook)", "Subscriptions (webhooks)"),
        address="/subscriptions",
        roles=INTEGRATORS,
        aside=True,
    ),
    NavigationLink(
        title=("Đồng bộ Cổng Dịch vụ công", "Synchronisation with the portal"),
        address="/portal",
        roles=portal_pages.SEEING,
        aside=True,
    ),
    NavigationLink(
        title=("Tin báo chưa đến", "Notices not delivered"),
        address="/notices",
        roles=notice_pages.SEEING,
        aside=True,
    ),
    NavigationLink(
        title=("Nhận tin công việc", "Messages about my work"), address="/notices/settings", aside=True
    ),
    *post_pages.NAVIGATION,
)
HOME_SECTIONS: tuple[HomeSection, ...] = (
    *post_pages.HOME_SECTIONS,
    *webhooks_pages.HOME_SECTIONS,
    *notice_pages.HOME_SECTIONS,
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
        name="collections",
        title=("Người gửi, người nhận của đơn gom", "Senders and receivers of collections"),
        retained=False,
        export=post.export,
        erase=post.erase,
    ),
    Holding(
        name="notices",
        title=("Nhận tin báo", "Who is told of news"),
        retained=False,
        export=notices.export,
        erase=notices.erase,
    ),
    Holding(
        name="partner_messages",
        title=("Tin của phần mềm đối tác, nguyên văn", "Messages of partners' programs, as they came"),
        retained=False,
        export=inbox.export,
        erase=inbox.erase,
    ),
)
