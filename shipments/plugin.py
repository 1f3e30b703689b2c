"""What shipments offers to the whole; the names are fixed and read by `postal.registry`."""

from typing import Any

import click
from piccolo.table import Table

from postal.calendars.service import DECIDED as CALENDAR_DECIDED
from postal.files.rules import About
from postal.identity.rules import Role
from postal.registry import FileSubject, Holding, OutboxHandler, Projector, Regular, Seed, Source
from postal.web.navigation import NavigationLink
from postal.web.sections import HomeSection
from shipments.apologies import api as apologies_api
from shipments.apologies import figures as apology_figures
from shipments.apologies import pages as apologies_pages
from shipments.apologies import projection as apologies
from shipments.apologies import tasks as apology_tasks
from shipments.clocks import pages as clock_pages
from shipments.clocks import projection as clocks
from shipments.clocks import recounting
from shipments.clocks.api import HANDLERS as CLOCK_HANDLERS
from shipments.clocks.service import CHANGED as CLOCKS_CHANGED
from shipments.clocks.service import READ_ANEW
from shipments.clocks.service import project as project_clocks
from shipments.clocks.service import refresh as refresh_clocks
from shipments.custody.api import HANDLERS as CUSTODY_HANDLERS
from shipments.custody.figures import of_devices
from shipments.custody.pages import HOME_SECTIONS as CUSTODY_SECTIONS
from shipments.custody.pages import PAGE_HANDLERS as CUSTODY_PAGES
from shipments.custody.projection import project as project_custody
from shipments.custody.repository import audience as custody_audience
from shipments.dossiers.api import DossierController
from shipments.dossiers.projection import project as project_dossiers
from shipments.dossiers.repository import count_open as count_open_dossiers
from shipments.dossiers.tables import ApplicantTable, DocumentLineTable
from shipments.estimates import api as estimates_api
from shipments.estimates import service as estimates
from shipments.evidence import service as evidence
from shipments.feedback import api as feedback_api
from shipments.feedback import pages as feedback_pages
from shipments.feedback import repository as feedback
from shipments.fees.api import HANDLERS as FEE_HANDLERS
from shipments.fees.pages import HOME_SECTIONS as FEE_SECTIONS
from shipments.fees.pages import PAGE_HANDLERS as FEE_PAGES
from shipments.fees.projection import project as project_fees
from shipments.figures import service as figures
from shipments.figures.api import HANDLERS as FIGURE_HANDLERS
from shipments.figures.pages import HOME_SECTIONS as FIGURE_SECTIONS
from shipments.figures.pages import PAGE_HANDLERS as FIGURE_PAGES
from shipments.inspections import api as inspections_api
from shipments.inspections import pages as inspections_pages
from shipments.inspections import repository as inspections
from shipments.items.api import BagController, ItemController
from shipments.pieces.service import load_patterns
from shipments.pieces.service import project as project_pieces
from shipments.privacy import api as privacy_api
from shipments.privacy import pages as privacy_pages
from shipments.privacy import repository as privacy
from shipments.privacy.holdings import HOLDINGS as OWN_HOLDINGS
from shipments.ratings import api as ratings_api
from shipments.ratings import pages as ratings_pages
from shipments.ratings import repository as ratings
from shipments.steps import api as steps_api
from shipments.steps import pages as steps_pages
from shipments.steps import projection as steps
from shipments.steps import service as step_sums
from shipments.tracking.api import HANDLERS as TRACKING_HANDLERS
from shipments.tracking.pages import HANDLERS as TRACKING_PAGES
from shipments.tracking.pages import TRACKING_SECTIONS as OWN_TRACKING_SECTIONS
from shipments.tracking.repository import links_about
from shipments.tracking.sections import TrackingSection
from shipments.tracking.service import erase_links

AGENCY = frozenset({Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR})
LEADERS = frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR, Role.ADMIN})
HANDLERS: tuple[Any, ...] = (
    *CUSTODY_HANDLERS,
    *CUSTODY_PAGES,
    ItemController,
    BagController,
    DossierController,
    *FEE_HANDLERS,
    *FEE_PAGES,
    *CLOCK_HANDLERS,
    *clock_pages.PAGE_HANDLERS,
    *estimates_api.HANDLERS,
    *apologies_api.HANDLERS,
    *steps_api.HANDLERS,
    *steps_pages.PAGE_HANDLERS,
    *apologies_pages.PAGE_HANDLERS,
    *FIGURE_HANDLERS,
    *FIGURE_PAGES,
    *TRACKING_HANDLERS,
    *TRACKING_PAGES,
    *ratings_api.HANDLERS,
    *ratings_pages.PAGE_HANDLERS,
    *feedback_api.HANDLERS,
    *feedback_pages.PAGE_HANDLERS,
    *privacy_api.HANDLERS,
    *privacy_pages.PAGE_HANDLERS,
    *inspections_api.HANDLERS,
    *inspections_pages.PAGE_HANDLERS,
)
PROJECTORS: tuple[Projector, ...] = (
    project_pieces,
    project_custody,
    project_dossiers,
    project_fees,
    apologies.project,
    steps.project,
    clocks.project,
    project_clocks,
    ratings.project,
    feedback.project,
    privacy.project,
    inspections.project,
    figures.project,
)
PROJECTIONS: tuple[str, ...] = (
    "piece",
    "custody",
    "visibility",
    "dossier",
    "supplement_request",
    "apology",
    "nonconformity",
    "deadline_move",
    "fee_entry",
    "fee_account",
    "remittance",
    "remittance_line",
    "rating",
    "feedback",
    "privacy_request",
    "inspection",
    "inspection_finding",
)
REGULAR: dict[str, Regular] = {
    "statistics": figures.publish_days,
    "estimates": estimates.make,
    **apology_tasks.REGULAR,
}
RECOUNTS: tuple[Seed, ...] = (figures.recount, step_sums.recount)
OUTBOX_HANDLERS: dict[str, OutboxHandler] = {
    figures.CHANGED: figures.refresh,
    figures.CLOCKS_CHANGED: figures.refresh,
    CLOCKS_CHANGED: refresh_clocks,
    READ_ANEW: step_sums.refresh,
    CALENDAR_DECIDED: recounting.begin,
    recounting.RECOUNT: recounting.carry_on,
}
COMMANDS: tuple[click.Command, ...] = ()
TABLES: tuple[type[Table], ...] = (ApplicantTable, DocumentLineTable)
FIGURES: tuple[Source, ...] = (of_devices, apology_figures.of_apologies)
HOME_SECTIONS: tuple[HomeSection, ...] = (
    *FIGURE_SECTIONS,
    *CUSTODY_SECTIONS,
    *FEE_SECTIONS,
    *clock_pages.HOME_SECTIONS,
    *ratings_pages.HOME_SECTIONS,
    *feedback_pages.HOME_SECTIONS,
    *privacy_pages.HOME_SECTIONS,
    *inspections_pages.HOME_SECTIONS,
    *apologies_pages.HOME_SECTIONS,
)
NAVIGATION: tuple[NavigationLink, ...] = (
    NavigationLink(title=("Điều hành", "For leaders"), address="/leaders", roles=LEADERS),
    NavigationLink(title=("Cơ quan", "Agency"), address="/agency", roles=AGENCY),
    NavigationLink(title=("Bước xử lý", "Steps"), address="/steps", roles=AGENCY, aside=True),
    NavigationLink(title=("Lệ phí", "Fees"), address="/fees", aside=True),
    NavigationLink(title=("Phản ánh, kiến nghị", "Feedback"), address="/feedback", aside=True),
    NavigationLink(title=("Đánh giá", "Ratings"), address="/ratings", aside=True),
    NavigationLink(title=("Kiểm tra đột xuất", "Inspections"), address="/inspections", aside=True),
    NavigationLink(title=("Yêu cầu về dữ liệu", "Data requests"), address="/privacy-requests", aside=True),
    NavigationLink(title=("Lịch làm việc", "Calendars"), address="/calendars", aside=True),
    NavigationLink(
        title=("Tra cứu bằng mã hồ sơ", "Tracking by code"),
        address="/tracking-settings",
        roles=frozenset({Role.AGENCY_HEAD}),
        aside=True,
    ),
)
TRACKING_SECTIONS: tuple[TrackingSection, ...] = OWN_TRACKING_SECTIONS
AUDIENCES = (custody_audience,)
OPEN_DOSSIERS = (count_open_dossiers,)
HELD = (load_patterns,)
HOLDINGS: tuple[Holding, ...] = (
    *OWN_HOLDINGS,
    Holding(
        name="feedback",
        title=("Phản ánh, kiến nghị", "Feedback and petitions"),
        retained=False,
        export=feedback.texts_about,
        erase=feedback.erase_texts,
    ),
    Holding(
        name="violation_reports",
        title=("Tố giác vi phạm", "Reports of violations"),
        retained=True,
        export=feedback.how_violations_are_read,
        erase=feedback.erase_violations,
    ),
    Holding(
        name="inspection_remarks",
        title=("Nhận xét khi kiểm tra", "Remarks of inspectors"),
        retained=False,
        export=inspections.remarks_about,
        erase=inspections.erase_remarks,
    ),
    Holding(
        name="track_links",
        title=("Đường dẫn tra cứu trên phiếu gửi", "Tracking links on slips"),
        retained=False,
        export=links_about,
        erase=erase_links,
    ),
    Holding(
        name="rating_notes",
        title=("Ý kiến khi đánh giá", "Notes of ratings"),
        retained=False,
        export=ratings.notes_about,
        erase=ratings.erase_notes,
    ),
)
FILE_SUBJECTS: dict[About, FileSubject] = {
    About.DOSSIER: evidence.of_dossier,
    About.PIECE: evidence.of_piece,
}
