"""What manifests offers to the whole; the names are fixed and read by `postal.registry`."""

from typing import Any

import click
from piccolo.table import Table

from manifests.desks import pages as desks_pages
from manifests.discrepancies import api as discrepancies_api
from manifests.discrepancies import repository as discrepancies_repository
from manifests.documents import api as documents_api
from manifests.documents import cli as documents_cli
from manifests.evidence import service as evidence
from manifests.incidents import api as incidents_api
from manifests.incidents import pages as incidents_pages
from manifests.incidents import repository as incidents_repository
from manifests.manifests import api as manifests_api
from manifests.manifests import pages as manifests_pages
from manifests.manifests import repository as manifests_repository
from manifests.oversight import pages as oversight_pages
from manifests.planning import api as planning_api
from manifests.planning import pages as planning_pages
from manifests.planning import repository as planning_repository
from manifests.receipts import api as receipts_api
from manifests.receipts import pages as receipts_pages
from manifests.reconciliation import api as reconciliation_api
from manifests.reconciliation import pages as reconciliation_pages
from manifests.reconciliation import service as reconciliation_service
from manifests.reconciliation import tasks as reconciliation_tasks
from manifests.reports import api as reports_api
from manifests.reports import pages as reports_pages
from manifests.reports import repository as reports_repository
from manifests.reports import service as reports_service
from manifests.stations import pages as stations_pages
from manifests.trips import api as trips_api
from manifests.trips import pages as trips_pages
from manifests.trips import repository as trips_repository
from postal.files.rules import About
from postal.identity.rules import Role
from postal.registry import FileSubject, Holding, OutboxHandler, Projector, Regular
from postal.web.navigation import NavigationLink
from postal.web.sections import HomeSection

PACKERS = frozenset({Role.CLERK, Role.SORTER, Role.SUPERVISOR, Role.POST_DESK, Role.DESK})
HANDLERS: tuple[Any, ...] = (
    *manifests_api.HANDLERS,
    *trips_api.HANDLERS,
    *reconciliation_api.HANDLERS,
    *planning_api.HANDLERS,
    *discrepancies_api.HANDLERS,
    *receipts_api.HANDLERS,
    *incidents_api.HANDLERS,
    *documents_api.HANDLERS,
    *reports_api.HANDLERS,
    *desks_pages.PAGE_HANDLERS,
    *planning_pages.PAGE_HANDLERS,
    *incidents_pages.PAGE_HANDLERS,
    *manifests_pages.PAGE_HANDLERS,
    *reconciliation_pages.PAGE_HANDLERS,
    *reports_pages.PAGE_HANDLERS,
    *receipts_pages.PAGE_HANDLERS,
    *trips_pages.PAGE_HANDLERS,
    *oversight_pages.PAGE_HANDLERS,
    *stations_pages.PAGE_HANDLERS,
)
PROJECTORS: tuple[Projector, ...] = (
    manifests_repository.project,
    trips_repository.project,
    discrepancies_repository.project,
    reconciliation_service.notice_late,
    planning_repository.project,
    incidents_repository.project,
    reports_repository.project,
)
PROJECTIONS: tuple[str, ...] = (
    "manifest_scan",
    "trip",
    "discrepancy",
    "manifest_exception",
    "incident",
    "claim",
    "report",
)
OUTBOX_HANDLERS: dict[str, OutboxHandler] = {**reconciliation_tasks.OUTBOX_HANDLERS}
REGULAR: dict[str, Regular] = {**reports_service.REGULAR, **reconciliation_tasks.REGULAR}
COMMANDS: tuple[click.Command, ...] = documents_cli.COMMANDS
TABLES: tuple[type[Table], ...] = ()
HOME_SECTIONS: tuple[HomeSection, ...] = (
    *planning_pages.HOME_SECTIONS,
    *incidents_pages.HOME_SECTIONS,
    *reconciliation_pages.HOME_SECTIONS,
    *manifests_pages.HOME_SECTIONS,
    *reports_pages.HOME_SECTIONS,
)
AUDIENCES = (manifests_repository.audience,)
NAVIGATION: tuple[NavigationLink, ...] = (
    NavigationLink(
        title=("Trạm quét", "Scanning"),
        address="/scan",
        roles=frozenset({Role.CLERK, Role.POST_DESK, Role.COURIER, Role.SORTER, Role.SUPERVISOR}),
    ),
    NavigationLink(
        title=("Mã PIN tại quầy", "Counter PIN"),
        address="/scan/pin",
        roles=frozenset({Role.CLERK, Role.POST_DESK, Role.SORTER, Role.SUPERVISOR, Role.DESK}),
        aside=True,
    ),
    NavigationLink(
        title=("Một cửa", "Desk"),
        address="/desk",
        roles=frozenset({Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.POST_DESK}),
    ),
    NavigationLink(title=("Chờ giao", "Waiting"), address="/manifests/waiting", roles=PACKERS),
    NavigationLink(title=("Bảng kê", "Manifests"), address="/manifests"),
    NavigationLink(
        title=("Bảng chênh lệch", "Board"),
        address="/board",
        roles=frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.DESK, Role.CONTROL, Role.REGULATOR}),
    ),
    NavigationLink(
        title=("Mạng lưới", "Network"),
        address="/network",
        roles=frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.ADMIN, Role.CONTROL, Role.REGULATOR}),
    ),
    NavigationLink(title=("Chênh lệch", "Discrepancies"), address="/discrepancies", aside=True),
    NavigationLink(title=("Chuyến thư", "Trips"), address="/trips", aside=True),
    NavigationLink(title=("Sự cố", "Incidents"), address="/incidents", aside=True),
    NavigationLink(title=("Khiếu nại", "Claims"), address="/claims", aside=True),
    NavigationLink(title=("Báo cáo", "Reports"), address="/reports", aside=True),
    NavigationLink(title=("Sổ theo dõi", "Register"), address="/register", aside=True),
)
HOLDINGS: tuple[Holding, ...] = (
    Holding(
        name="claimants",
        title=("Người khiếu nại", "Claimants"),
        retained=True,
        export=incidents_repository.claimants_about,
        erase=incidents_repository.erase_claimants,
    ),
    Holding(
        name="discrepancy_notes",
        title=("Ghi chú về chênh lệch", "Words about discrepancies"),
        retained=False,
        export=discrepancies_repository.notes_about,
        erase=discrepancies_repository.erase_notes,
    ),
)
FILE_SUBJECTS: dict[About, FileSubject] = {
    About.MANIFEST: evidence.of_manifest,
    About.DISCREPANCY: evidence.of_discrepancy,
    About.INCIDENT: evidence.of_incident,
}
