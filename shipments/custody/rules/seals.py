"""The seal of a bag or an item, hop by hop: what each row says of it, against what the row before it said.

Whoever scans the piece may state the number and the state of its seal; a report of a broken seal states it too. A
closing and a repacking set a new seal, so they never differ from the old one. What a `pack` or `unpack` says of a seal
is said of the container and not of the piece that goes in, so it is left to the container's own scans.
"""

from collections.abc import Mapping
from typing import Any

from shipments.custody.rules.model import SealNote
from shipments.custody.rules.order import Placed
from shipments.custody.rules.state import State

CLOSED, INVENTORIED = "container.closed", "container.inventoried"
SEALING = frozenset({CLOSED, INVENTORIED})
OF_THE_CONTAINER = frozenset({"pack", "unpack"})
WHOLE = "intact"


def speaks_of_seal(body: Mapping[str, Any]) -> bool:
    """Tell whether a row says something of a seal."""
    return "seal" in body or body.get("condition") == "seal_broken"


def note_seal(state: State, placed: Placed) -> None:
    """Add what a row says of the seal to the history; a difference from the hop before is a flag."""
    content = placed.row.content
    if content.kind in OF_THE_CONTAINER:
        return
    stated = content.body.get("seal")
    before = state.seals[-1] if state.seals else None
    if isinstance(stated, dict):
        number, status = stated.get("number"), str(stated.get("state") or WHOLE)
    elif content.body.get("condition") == "seal_broken":
        number, status = before.number if before else None, "broken"
    else:
        return
    flag = None if content.kind in SEALING else _oddity(before, number, status)
    if flag:
        state.flag(flag)
    state.seals.append(
        SealNote(
            number=number,
            state=status,
            kind=content.kind,
            at=placed.at,
            organisation=content.organisation,
            row=content.id,
            was_number=before.number if before else None,
            was_state=before.state if before else None,
            flag=flag,
        )
    )


def _oddity(before: SealNote | None, number: str | None, status: str) -> str | None:
    """Name what differs: another number, a seal that is whole again, or one that is whole no more."""
    if before is not None and number != before.number:
        return "seal_differs"
    if before is None or status != before.state:
        return "seal_differs" if status == WHOLE and before is not None else _BROKEN.get(status)
    return None


_BROKEN = {"broken": "seal_broken", "missing": "seal_missing"}
