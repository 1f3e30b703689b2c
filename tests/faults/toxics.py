"""What a proxy does to the connections through it."""

from dataclasses import dataclass
from typing import Literal

Way = Literal["up", "down"]


@dataclass(frozen=True)
class Latency:
    """Each read waits this long, give or take a part of `jitter`, before it goes on."""

    seconds: float
    jitter: float = 0.0


@dataclass(frozen=True)
class Slices:
    """Bytes arrive in pieces of this size."""

    size: int
    pause: float = 0.0


@dataclass(frozen=True)
class Bandwidth:
    """No more than this many bytes a second, either way."""

    bytes_per_second: int


@dataclass(frozen=True)
class Reset:
    """End both sides hard once so many bytes passed since the toxic was set; the last read is cut there.

    `containing` counts from the first read with these bytes on instead, so that it hits one sort of statement.
    """

    after: int
    way: Way | None = None
    containing: bytes = b""


@dataclass(frozen=True)
class LoseAnswers:
    """A request passes and its answer never arrives: the server has done it, the client does not know.

    `reset` ends the connection hard then; `silence` leaves it open and dead. A share of 0.3 loses three of ten.
    """

    share: float = 1.0
    how: Literal["reset", "silence"] = "reset"
    containing: bytes = b""


@dataclass(frozen=True)
class LoseRequests:
    """The request itself never arrives, and the connection is reset or falls silent."""

    share: float = 1.0
    how: Literal["reset", "silence"] = "reset"
    containing: bytes = b""


@dataclass(frozen=True)
class HalfOpen:
    """Nothing is forwarded either way, not even an end; new connections are taken and treated likewise."""


@dataclass(frozen=True)
class Refuse:
    """New connections are refused, and open ones are reset unless `open_too` is off."""

    open_too: bool = True


@dataclass(frozen=True)
class StallAccept:
    """New connections are established by the kernel and never taken up."""


@dataclass(frozen=True)
class Rewrite:
    """What one side says is heard otherwise; both texts are of one length, so that nothing else changes."""

    said: bytes
    heard: bytes


Toxic = (
    Latency
    | Slices
    | Bandwidth
    | Reset
    | LoseAnswers
    | LoseRequests
    | HalfOpen
    | Refuse
    | StallAccept
    | Rewrite
)


def rewritten(data: bytes, toxics: tuple[Toxic, ...]) -> tuple[bytes, bytes]:
    """Give what goes on, and the beginning of a text to rewrite whose rest has not been read yet."""
    begun = 0
    for toxic in toxics:
        if isinstance(toxic, Rewrite):
            data = data.replace(toxic.said, toxic.heard)
            parts = range(1, min(len(toxic.said), len(data) + 1))
            begun = max([begun, *(size for size in parts if data.endswith(toxic.said[:size]))])
    return data[: len(data) - begun], data[len(data) - begun :]
