"""The rows of a control sheet: each time the papers passed from one party to another, as the ledger has it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from postal.instants import Instant
from postal.network.rules import local_day
from shipments.custody.rules import Step


class Verdict(StrEnum):
    """A handover against the appointed day (column 3 of the form)."""

    EARLY = "Trước hạn"
    ON_TIME = "Đúng hạn"
    LATE = "Quá hạn"


class Handover(Struct, frozen=True, kw_only=True):
    """One change of holder; `offered_at` is when the giver's side said so, if it did.

    Of several parties that claim the papers each is named.
    """

    piece: str
    givers: tuple[str, ...]
    receivers: tuple[str, ...]
    at: Instant
    offered_at: Instant | None = None
    container: str | None = None
    flags: tuple[str, ...] = ()


def handovers_of(piece: str, presumed: str | None, steps: Iterable[Step]) -> list[Handover]:
    """Read every change of holder out of a piece's history, in its order; `presumed` held it before the first row."""
    found: list[Handover] = []
    before: tuple[str, ...] = (presumed,) if presumed else ()
    offered: datetime | None = None
    for step in steps:
        if step.kind == "offer":
            offered = step.at
        if not step.claims or set(step.claims) == set(before):
            continue
        found.append(
            Handover(
                piece=piece,
                givers=before,
                receivers=step.claims,
                at=step.at,
                offered_at=offered,
                container=step.via,
                flags=step.flags,
            )
        )
        before, offered = step.claims, None
    return found


def verdict_of(at: datetime, due: datetime | None) -> Verdict | None:
    """Judge a handover by the appointed day; none where no day was appointed."""
    if due is None:
        return None
    if local_day(at) == local_day(due):
        return Verdict.LATE if at > due else Verdict.ON_TIME
    return Verdict.EARLY if at < due else Verdict.LATE
