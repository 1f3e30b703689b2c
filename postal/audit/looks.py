"""What one request shows of people: noted where it is read, written before the answer leaves.

Services say what they are about to show; the doors of HTTP write it, once a request, and only if the answer shows
something. Outside a signed-in request nothing is noted: a worker shows nobody anything, and citizens read their own.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SHOWN = "applicant.read"
"""The deed, in the log, of being shown what is personal of somebody else."""

Seen = dict[tuple[str, str | None], set[str]]
"""What is shown of each thing; with it the dossier that the thing is about, if it is none itself."""

_seen: ContextVar[Seen | None] = ContextVar("seen", default=None)


def note(codes: Iterable[str], shown: Iterable[str], *, about: str | None = None) -> None:
    """Say that these sorts of personal data (name, phone, address, identity…) are shown of these things."""
    seen = _seen.get()
    sorts = set(shown)
    if seen is None or not sorts:
        return
    for code in codes:
        seen.setdefault((code, about), set()).update(sorts)


@contextmanager
def collected() -> Iterator[Seen]:
    """Collect what is noted inside; whoever opened it writes it."""
    seen: Seen = {}
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)
