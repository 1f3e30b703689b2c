"""What citizens think of a delivered dossier: one rating stands, earlier ones stay readable; scores against targets."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from postal.errors import Conflict
from postal.instants import Instant
from postal.ledger.rules import Row, Stream
from postal.network.rules import local_day
from postal.proportions import interval

GIVEN = "rating.given"

Verdict = Literal["reached", "missed", "unclear"]


class Score(StrEnum):
    """The one question."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"


class Served(Struct, frozen=True, kw_only=True):
    """Who served, as it was known when the rating was given: the case's parties, who delivered, who completed."""

    authority: str
    desk: str | None
    office: str | None
    deliverer: str | None
    courier: str | None
    officer: str | None
    procedure: str
    delivered_at: Instant | None


class Rating(Served, frozen=True, kw_only=True):
    """The rating of a dossier that stands. `revisions` counts those before it, `first_at` is when the first came."""

    dossier: str
    row_id: UUID
    score: Score
    attitude: Score | None
    given_at: Instant
    first_at: Instant
    revisions: int
    noted: bool


class Version(Struct, frozen=True, kw_only=True):
    """One rating of a history."""

    row_id: UUID
    score: Score
    attitude: Score | None
    given_at: Instant
    noted: bool


class Target(Struct, frozen=True):
    """The share of satisfied people that is asked for, in per cent, and where that stands."""

    percent: int
    citation: str
    status: str


class Tally(Struct, frozen=True, kw_only=True):
    """Ratings of one party. `percent` is None without ratings; by its 95 % interval few ratings rank nobody.

    `verdict` is `unclear` while the target lies within the interval.
    """

    key: str
    organisation: str | None
    total: int
    satisfied: int
    neutral: int
    dissatisfied: int
    percent: float | None
    low: float | None
    high: float | None
    verdict: Verdict | None


def body_of(
    score: Score, attitude: Score | None, note: str | None, served: Served, answers: datetime | None
) -> dict[str, Any]:
    """Write what the ledger keeps; `note` is a commitment, `answers` when the papers came."""
    values = {
        "score": score.value,
        "attitude": attitude.value if attitude else None,
        "note": note,
        "authority": served.authority,
        "desk": served.desk,
        "office": served.office,
        "deliverer": served.deliverer,
        "courier": served.courier,
        "officer": served.officer,
        "procedure": served.procedure,
        "delivered_at": answers.isoformat() if answers else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def ratings_among(rows: Iterable[Row]) -> list[Row]:
    """Pick the ratings of a dossier among its rows, oldest first, whatever their order."""
    given = [row for row in rows if row.content.stream is Stream.RECORD and row.content.kind == GIVEN]
    return sorted(given, key=lambda row: (row.corrected_at, row.content.id))


def rating_of(dossier: str, rows: Iterable[Row]) -> Rating | None:
    """Fold the rating of a dossier that stands: the last one."""
    given = ratings_among(rows)
    if not given:
        return None
    last, body = given[-1], given[-1].content.body
    return Rating(
        dossier=dossier,
        row_id=last.content.id,
        score=Score(body["score"]),
        attitude=_score(body.get("attitude")),
        given_at=last.corrected_at,
        first_at=given[0].corrected_at,
        revisions=len(given) - 1,
        noted="note" in body,
        authority=body["authority"],
        desk=body.get("desk"),
        office=body.get("office"),
        deliverer=body.get("deliverer"),
        courier=body.get("courier"),
        officer=body.get("officer"),
        procedure=body["procedure"],
        delivered_at=datetime.fromisoformat(at) if (at := body.get("delivered_at")) else None,
    )


def versions_of(rows: Iterable[Row]) -> list[Version]:
    """List every rating of a dossier, newest first."""
    return [
        Version(
            row_id=row.content.id,
            score=Score(row.content.body["score"]),
            attitude=_score(row.content.body.get("attitude")),
            given_at=row.corrected_at,
            noted="note" in row.content.body,
        )
        for row in reversed(ratings_among(rows))
    ]


def replaceable_until(first_at: datetime, days: int) -> datetime:
    """Tell until when a rating may be replaced."""
    return first_at + timedelta(days=days)


def refuse_replacing(first_at: datetime, days: int, now: datetime) -> None:
    """Raise when a rating stands for good."""
    end = replaceable_until(first_at, days)
    if now > end:
        raise Conflict(
            "rating.stands",
            vi=f"Chỉ được đánh giá lại đến ngày {local_day(end):%d/%m/%Y}; đánh giá trước vẫn giữ nguyên",
            en=f"A rating could be changed until {local_day(end):%d/%m/%Y}; yours stands as it was",
        )


def tally(key: str, organisation: str | None, counts: dict[Score, int], target: Target | None) -> Tally:
    """Sum up the ratings of one party and judge them by the target."""
    total, satisfied = sum(counts.values()), counts.get(Score.SATISFIED, 0)
    bounds = interval(satisfied, total)
    low, high = bounds or (None, None)
    return Tally(
        key=key,
        organisation=organisation,
        total=total,
        satisfied=satisfied,
        neutral=counts.get(Score.NEUTRAL, 0),
        dissatisfied=counts.get(Score.DISSATISFIED, 0),
        percent=_percent(satisfied / total) if total else None,
        low=_percent(low),
        high=_percent(high),
        verdict=_verdict(low, high, target),
    )


def worst_first(tallies: Sequence[Tally]) -> list[Tally]:
    """Order by what is surely achieved, so that one bad envelope does not make a small office the worst."""
    return sorted(tallies, key=lambda one: (one.high if one.high is not None else 101.0, -one.total, one.key))


def _verdict(low: float | None, high: float | None, target: Target | None) -> Verdict | None:
    if target is None or low is None or high is None:
        return None
    if low * 100 >= target.percent:
        return "reached"
    return "missed" if high * 100 < target.percent else "unclear"


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)


def _score(value: str | None) -> Score | None:
    return Score(value) if value else None
