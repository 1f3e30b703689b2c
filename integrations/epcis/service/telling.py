"""How what became of a capture is noted."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from integrations.epcis.repository import Capture, State
from integrations.epcis.rules.wrong import Wrong

KEPT_ERRORS = 100
"""Errors that are told one by one; the others are counted."""


def noted(capture: Capture, wrong: Sequence[tuple[int, Wrong]]) -> Capture:
    """Add what is wrong with some events."""
    told = [
        {"event": index, "pointer": each.pointer, "code": each.code, "vi": each.vi, "en": each.en}
        for index, each in wrong
    ]
    failed = len({index for index, _ in wrong})
    return replace(capture, errors=[*capture.errors, *told][:KEPT_ERRORS], failed=capture.failed + failed)


def finished(capture: Capture, state: State, now: datetime) -> Capture:
    """End a capture."""
    return replace(capture, state=state, finished_at=now)
