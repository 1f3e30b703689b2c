"""The formulas of the sheet of QĐ 766/QĐ-TTg as pure functions: counts in, a figure with two decimals or none out."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
DAY_US = 86_400_000_000
WORKING_DAY_US = 8 * 3_600_000_000
MONTH_DAYS = 30
"""A month of a limit is thirty days here: the text gives no other length."""

UNITS_US = {
    "gio": 3_600_000_000,
    "gio_lam_viec": 3_600_000_000,
    "ngay": DAY_US,
    "ngay_lam_viec": WORKING_DAY_US,
    "thang": MONTH_DAYS * DAY_US,
}
WORKING_UNITS = frozenset({"gio_lam_viec", "ngay_lam_viec"})


class Case(Struct, frozen=True, kw_only=True):
    """What indicator 2.1 asks of a dossier.

    `promised` is the day of the slip; `limited` the one that the procedure's limit gives, both already moved on by the
    time that supplements took. `waiting_since` is when the supplement was asked for that is still awaited.
    """

    processed: datetime | None = None
    returned: datetime | None = None
    stopped: datetime | None = None
    waiting_since: datetime | None = None
    promised: datetime | None = None
    limited: datetime | None = None
    requests: int = 0


def end_of(case: Case, period_end: datetime) -> datetime:
    """Choose the end time: processed, else returned, else stopped; else the request awaited, else the period's end.

    What came only after the period had not happened in it.
    """
    for ended in (case.processed, case.returned, case.stopped):
        if ended is not None:
            return min(period_end, ended)
    if case.waiting_since is not None:
        return min(case.waiting_since, period_end)
    return period_end


def is_on_time(case: Case, period_end: datetime, *, most_requests: int = 1) -> bool | None:
    """Judge 2.1: NgayKetThucXuLy ≤ NgayHenTra; more requests than allowed are overdue; None without any limit."""
    if case.requests > most_requests:
        return False
    due = case.promised or case.limited
    return None if due is None else end_of(case, period_end) <= due


def rate(n: int, d: int) -> Decimal | None:
    """Give n of d in per cent with two decimals; None (N/A) of nothing."""
    return None if d == 0 else rounded(HUNDRED * n / d)


def attained(value: Decimal | None, full: int) -> Decimal | None:
    """Give which share of its points an indicator earns when `full` per cent already earn all of them."""
    return None if value is None else min(Decimal(1), value / full)


def satisfaction(late: int, judged: int, complained: int, counted: int) -> Decimal | None:
    """Judge 5.4: 100 % − (overdue % + % of dossiers with a petition or dislike), never under nothing."""
    if judged == 0 and counted == 0:
        return None
    lost = HUNDRED * late / judged if judged else Decimal(0)
    lost += HUNDRED * complained / counted if counted else Decimal(0)
    return rounded(max(Decimal(0), HUNDRED - lost))


def average_time(calendar_us: int, working_us: int, n: int, unit: str) -> Decimal | None:
    """Judge 2.2: the mean time of n dossiers in the procedure's own unit; a working day has eight hours."""
    if n == 0:
        return None
    whole = working_us if unit in WORKING_UNITS else calendar_us
    return rounded(Decimal(whole) / n / UNITS_US[unit])


def group_points(weight: int, shares: list[Decimal]) -> Decimal | None:
    """Give the points of a group: its weight times the mean share of the indicators that have data."""
    return rounded(weight * sum(shares, Decimal(0)) / len(shares)) if shares else None


def rounded(value: Decimal) -> Decimal:
    """Round half up to two decimals."""
    return value.quantize(CENT, ROUND_HALF_UP)
