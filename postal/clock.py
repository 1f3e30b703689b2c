"""The one clock: real time, or an instant kept in the database that only a simulation moves.

A database runs on one of the two for ever: facts with invented times must never stand among real ones.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal

from postal import db
from postal.errors import Conflict, Unavailable
from postal.instants import utc

Mode = Literal["real", "simulated"]

_READ = "SELECT now FROM simulated_clock"
_CLAIM = "INSERT INTO system_mode (mode, since) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_MODE = "SELECT mode FROM system_mode"
_START = "INSERT INTO simulated_clock (now) VALUES ($1) ON CONFLICT DO NOTHING"
_MOVE = "UPDATE simulated_clock SET now = $1 WHERE now <= $1 RETURNING now"


async def _real() -> datetime:
    return datetime.now(UTC)


async def _simulated() -> datetime:
    instant = await db.fetch_value(_READ)
    if instant is None:
        raise Unavailable(
            "clock.not_started", vi="Đồng hồ mô phỏng chưa chạy.", en="The simulated clock is not started."
        )
    return utc(instant)


_source: Callable[[], Awaitable[datetime]] = _real


async def now() -> datetime:
    """Give the present instant in UTC; inside a unit of work take it once and pass it on."""
    return await _source()


def machine_now() -> datetime:
    """Give the machine's own time, also while the system's is simulated: for leases and pauses, never for facts."""
    return datetime.now(UTC)


def mode() -> Mode:
    """Tell which time this process runs on."""
    return "simulated" if _source is _simulated else "real"


def use(source: Callable[[], Awaitable[datetime]] | None = None) -> None:
    """Read the time from `source`, for tests; without one, from the real clock again."""
    global _source  # noqa: PLW0603 - one clock a process is the point
    _source = source or _real


def select(chosen: Mode) -> None:
    """Choose the time of this process at its start, before anything reads it."""
    use(_simulated if chosen == "simulated" else _real)


async def claim(chosen: Mode, start: datetime | None = None) -> None:
    """Bind the database to a mode at first start and choose it; a database of the other mode is refused.

    `start` is where a new simulated clock begins (default: the real time of the claim).
    """
    at = await _real()
    async with db.unit_of_work():
        await db.execute(_CLAIM, chosen, at)
        bound = await db.fetch_value(_MODE)
        if bound != chosen:
            raise Conflict(
                "clock.other_mode",
                vi=f"Cơ sở dữ liệu này chạy theo thời gian {'thực' if bound == 'real' else 'mô phỏng'}.",
                en=f"This database runs on {bound} time and never on {chosen} time.",
                mode=bound,
            )
        if chosen == "simulated":
            await db.execute(_START, start or at)
    select(chosen)


async def bound_mode() -> Mode | None:
    """Give the mode that the database is bound to, or None before its first start."""
    bound: Mode | None = await db.fetch_value(_MODE)
    return bound


async def move(to: datetime) -> datetime:
    """Move the simulated clock forward; back or in real mode is refused."""
    if await bound_mode() != "simulated":
        raise Conflict(
            "clock.real", vi="Hệ thống chạy theo thời gian thực.", en="The system runs on real time."
        )
    moved = await db.fetch_value(_MOVE, utc(to))
    if moved is None:
        raise Conflict(
            "clock.backwards",
            vi="Đồng hồ không lùi lại.",
            en="The clock does not go back.",
            now=(await _simulated()).isoformat(),
        )
    return utc(moved)
