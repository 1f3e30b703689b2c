"""What figures look like over HTTP."""

from datetime import date

from msgspec import Struct

from postal.instants import Instant
from shipments.figures.repository import Statistic
from shipments.figures.rules.publication import Published
from shipments.figures.service import LATE, Told


class ReasonView(Struct, frozen=True, kw_only=True):
    """Why a day was published again, and how many dossiers changed up to its end since the time before."""

    code: str
    dossiers: int
    vi: str
    en: str


class PublicationView(Struct, frozen=True, kw_only=True):
    """One publication of a day: revision 0 at its end, further ones beside it. `digest` is the SHA-256 of `content`."""

    day: date
    revision: int
    taken_at: Instant
    reason: ReasonView | None
    digest: str
    log_size: int | None
    checkpoint: str | None


class StatisticView(PublicationView, frozen=True, kw_only=True):
    """What was published about a day, and every publication of it. `digest` is over `content` as RFC 8785 writes it."""

    content: Published
    revisions: list[PublicationView]


def publication_view(statistic: Statistic) -> PublicationView:
    """Show one publication without its figures."""
    return PublicationView(**_told(statistic))


def statistic_view(told: Told, publications: list[Statistic]) -> StatisticView:
    """Show one publication with its figures, beside all others of the day."""
    return StatisticView(
        **_told(told.statistic),
        content=told.content,
        revisions=[publication_view(each) for each in publications],
    )


def reason_view(reason: str | None) -> ReasonView | None:
    """Say why a day was published again."""
    if reason is None:
        return None
    code, _, number = reason.partition(":")
    dossiers = int(number or 0)
    what = {
        LATE: (
            f"{dossiers} hồ sơ có thao tác được ghi nhận hoặc đính chính sau khi công bố",
            f"{dossiers} dossiers had steps recorded or corrected after the publication",
        )
    }
    vi, en = what.get(code, (code, code))
    return ReasonView(code=code, dossiers=dossiers, vi=vi, en=en)


def _told(statistic: Statistic) -> dict[str, object]:
    return {
        "day": statistic.day,
        "revision": statistic.revision,
        "taken_at": statistic.taken_at,
        "reason": reason_view(statistic.reason),
        "digest": statistic.digest,
        "log_size": statistic.log_size,
        "checkpoint": statistic.checkpoint,
    }
