"""The figures of a scoring year."""

from msgspec import Struct


class ScoringLine(Struct, frozen=True, kw_only=True):
    """What an agency did in a scoring year; a per cent of nothing is null."""

    year: int
    provisional: bool
    authority: str
    name: str
    handled: int
    judged: int
    on_time: int
    on_time_percent: str | None
    late: int
    apologised: int
    late_without_apology: int
    supplemented: int
    supplemented_again: int
    rated: int
    satisfied: int
    satisfied_percent: str | None
    complained: int
