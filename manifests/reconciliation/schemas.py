"""What is answered about a reconciliation."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from manifests.manifests.rules import Manifest, State
from manifests.reconciliation.rules import (
    ClosedVerdict,
    DeviceCoverage,
    LineClass,
    ReconciledLine,
    Reconciliation,
)
from postal.instants import Instant

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Gap(Struct, frozen=True, kw_only=True):
    """A device that has not told everything: its last contact, the numbers that it has not sent, and in words.

    Until `until` its unseen pieces are awaited; then they are missing.
    """

    device: str
    organisation: str
    last_contact: Instant | None
    missing: tuple[tuple[int, int], ...]
    until: Instant
    sentence: str


def gaps_of(result: Reconciliation, language: str) -> tuple[Gap, ...]:
    """List the devices that keep lines waiting, or kept them until the limit was over."""
    behind = {gap.device: gap for line in result.lines for gap in line.evidence.devices}
    over = result.as_of >= result.waiting_until
    return tuple(
        Gap(
            device=gap.device,
            organisation=gap.organisation,
            last_contact=gap.last_contact,
            missing=gap.missing,
            until=result.waiting_until,
            sentence=_sentence(gap, result.waiting_until, over=over)[language == "en"],
        )
        for _, gap in sorted(behind.items())
    )


def _sentence(gap: DeviceCoverage, until: datetime, *, over: bool) -> tuple[str, str]:
    ranges = ", ".join(f"{first}–{last}" if last > first else f"{first}" for first, last in gap.missing)
    vi, en = f"Máy quét {gap.device} của {gap.organisation}", f"Device {gap.device} of {gap.organisation}"
    if gap.last_contact is None:
        vi, en = f"{vi} chưa từng liên lạc", f"{en} has never been in contact"
    else:
        vi, en = (
            f"{vi} liên lạc lần cuối lúc {_moment(gap.last_contact)}",
            f"{en} was last in contact at {_moment(gap.last_contact)}",
        )
    if ranges:
        vi, en = f"{vi}, còn thiếu lượt quét số {ranges}", f"{en} and has not sent its scans {ranges}"
    if over:
        return (
            f"{vi}; đã quá hạn chờ {_moment(until)} nên coi là thiếu.",
            f"{en}; the limit for waiting, {_moment(until)}, is over, so the piece is missing.",
        )
    return (
        f"{vi}; chờ đến {_moment(until)}, quá hạn thì coi là thiếu.",
        f"{en}; it is awaited until {_moment(until)}, and then the piece is missing.",
    )


def _moment(instant: datetime) -> str:
    return instant.astimezone(ZONE).strftime("%H:%M, %d/%m/%Y")


class ReconciliationView(Struct, frozen=True, kw_only=True):
    """The verdict on a manifest as of an instant."""

    manifest: str
    state: State
    digest: str | None
    as_of: Instant
    window: tuple[datetime, datetime]
    waiting_until: Instant
    counts: dict[LineClass, int]
    lines: tuple[ReconciledLine, ...]
    at_close: ClosedVerdict | None
    gaps: tuple[Gap, ...]


def view(
    manifest: Manifest, result: Reconciliation, closed: ClosedVerdict | None, language: str = "vi"
) -> ReconciliationView:
    """Show a reconciliation beside what was found at the closing."""
    return ReconciliationView(
        manifest=result.manifest,
        state=manifest.state,
        digest=manifest.digest,
        as_of=result.as_of,
        window=result.window,
        waiting_until=result.waiting_until,
        counts=result.counts,
        lines=result.lines,
        at_close=closed,
        gaps=gaps_of(result, language),
    )
