"""How captures are shown: the standard's job, and what it has no field for."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal
from uuid import UUID

from msgspec import Struct

from integrations.epcis.repository import Capture
from postal.http.language import Language
from postal.http.problems import title_of
from postal.instants import Instant

PATH = "/api/v1/epcis"
JSON, JSON_LD = "application/json", "application/ld+json"
KEPT_FOR = timedelta(days=3650)


class EpcisView(Struct, frozen=True, kw_only=True):
    """What is spoken here: versions of the standards, our namespace, limits of a capture, parameters of a query."""

    epcis: str
    cbv: str
    namespace: str
    most_events: int
    largest_file: int
    parameters: list[str]


class CaptureErrorView(Struct, frozen=True, kw_only=True):
    """What is wrong with one event: `event` is its index, `pointer` leads to the place in the document."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    pointer: str
    event: int


class CaptureView(Struct, frozen=True, kw_only=True):
    """A capture job.

    `success` is false as soon as an event was found wrong. Of `events` in the document, `captured` are kept,
    `moving` of them became scans, `repeated` had been captured before and changed nothing, `failed` were wrong. At
    most 100 errors are told.
    """

    captureID: UUID  # noqa: N815 - the standard's names
    createdAt: Instant  # noqa: N815
    finishedAt: Instant | None  # noqa: N815
    running: bool
    success: bool
    captureErrorBehaviour: Literal["rollback", "proceed"]  # noqa: N815
    errors: list[CaptureErrorView]
    events: int
    captured: int
    moving: int
    repeated: int
    failed: int


def capture_view(capture: Capture, language: Language) -> CaptureView:
    """Show a capture."""
    return CaptureView(
        captureID=capture.id,
        createdAt=capture.made_at,
        finishedAt=capture.finished_at,
        running=capture.finished_at is None,
        success=not capture.errors and capture.state != "refused",
        captureErrorBehaviour="rollback" if capture.rolls_back else "proceed",
        errors=[_error(each, language) for each in capture.errors],
        events=capture.events,
        captured=capture.captured,
        moving=capture.moving,
        repeated=capture.repeated,
        failed=capture.failed,
    )


def _error(error: dict[str, object], language: Language) -> CaptureErrorView:
    code = str(error["code"])
    status = HTTPStatus.CONFLICT if code == "epcis.repeated" else HTTPStatus.BAD_REQUEST
    return CaptureErrorView(
        type=f"/problems/{code}",
        title=title_of(status, language),
        status=status,
        detail=str(error["en" if language == "en" else "vi"]),
        code=code,
        pointer=str(error["pointer"]),
        event=int(str(error["event"])),
    )


def expiry(now: datetime) -> str:
    """Say until when a page token may be used; ours stay good, so it is far away."""
    return (now + KEPT_FOR).replace(microsecond=0).isoformat()
