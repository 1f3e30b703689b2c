"""The seal of a bag or an item in a handover: the receiver's word against the one that was stated before it.

A number is stated when the piece is closed or repacked, and whenever the giver's side scans it. Only what the receiver
states is judged; a number that it leaves out says nothing. After a repacking its new number is the one to compare.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import Struct

from postal.ledger.rules import Row, Stream

SETTING = frozenset({"container.closed", "container.inventoried"})
"""Records that put a new seal on."""

OF_THE_CONTAINER = frozenset({"pack", "unpack"})
"""Scans whose seal is that of the bag that the piece goes into, or comes out of."""

DIFFERS, GONE = "seal_differs", "seal_missing"


class SealCheck(Struct, frozen=True, kw_only=True):
    """What is wrong with a seal: the number stated before, what the receiver found, and the row that says so."""

    flag: str
    stated: str | None
    found: str | None
    row: UUID


def settings(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    """Give the records that set a seal, by the piece that they are of."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.content.stream is Stream.RECORD and row.content.kind in SETTING:
            found.setdefault(row.content.code, []).append(row)
    return {code: tuple(own) for code, own in found.items()}


def check_of(set_by: Sequence[Row], giver: Sequence[Row], receiver: Sequence[Row]) -> SealCheck | None:
    """Find the first word of the receiver that does not fit what was stated before it."""
    judged = {row.content.id for row in receiver}
    stated: str | None = None
    for row in sorted((*set_by, *giver, *receiver), key=lambda row: (row.corrected_at, row.content.id)):
        number, state = _said(row)
        if row.content.id not in judged:
            stated = number or stated
        elif state == "missing":
            return SealCheck(flag=GONE, stated=stated, found=number, row=row.content.id)
        elif number is not None and stated is not None and number != stated:
            return SealCheck(flag=DIFFERS, stated=stated, found=number, row=row.content.id)
    return None


def _said(row: Row) -> tuple[str | None, str | None]:
    seal = row.content.body.get("seal")
    if not isinstance(seal, dict) or row.content.kind in OF_THE_CONTAINER:
        return None, None
    number, state = seal.get("number"), seal.get("state")
    return (number if isinstance(number, str) and number else None), (
        state if isinstance(state, str) else None
    )
