"""How often a person's own data was read, told on the personal view: by kind of organisation, and nobody's name."""

from datetime import datetime
from typing import Any

from postal.administration.pages.words import KIND_WORDS
from postal.administration.service import readings_of
from postal.config import Settings
from shipments.pieces.rules import result_code
from shipments.tracking.sections import TrackingSection

ELSEWHERE = ("Đơn vị khác", "Others")


async def own_readings(dossier: str, _now: datetime, _settings: Settings) -> dict[str, Any]:
    """Load who was shown whose dossier it is, opened its files or gave its data out."""
    return {
        "readings": await readings_of([dossier, result_code(dossier)]),
        "kinds": KIND_WORDS,
        "elsewhere": ELSEWHERE,
    }


TRACKING_SECTIONS = (
    TrackingSection(
        title=("Ai đã xem dữ liệu của ông/bà", "Who read your data"),
        template="tracking/_readings.html",
        load=own_readings,
        anchor="readings",
    ),
)
