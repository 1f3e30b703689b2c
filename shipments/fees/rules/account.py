"""The account of one person and one day: collected = remitted + refunded + in hand, for each channel (design 5.7)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.instants import Instant
from postal.ledger.rules import Row
from shipments.dossiers.rules.corrections import without_corrected
from shipments.fees.rules.money import (
    CLOSED,
    COLLECTED,
    CORRECTED,
    REFUNDED,
    Channel,
    Entry,
    FeeLine,
    holder_of,
)
from shipments.fees.rules.remittance import (
    Remittance,
    RemittanceState,
    fold_remittance,
    is_remittance,
)


class AccountState(StrEnum):
    """Whether a day is closed; one that heard of something since is open again, and keeps what it was closed with."""

    OPEN = "open"
    CLOSED = "closed"
    REOPENED = "reopened"


class Figures(Struct, frozen=True, kw_only=True):
    """Money in đồng. What is `under_way` was handed over and not counted yet, so it is still in the giver's hand."""

    collected: int = 0
    remitted: int = 0
    refunded: int = 0
    in_hand: int = 0
    under_way: int = 0


class ChannelFigures(Figures, frozen=True, kw_only=True):
    """The figures of one channel."""

    channel: Channel


class Closing(Struct, frozen=True, kw_only=True):
    """What a day was closed with: its figures then, the cash that was counted, and the rows that it knew of."""

    at: Instant
    person: str | None
    figures: Figures
    cash_counted: int | None
    cash_in_hand: int
    rows: tuple[UUID, ...]


class Account(Struct, frozen=True, kw_only=True):
    """What one person answers for of one day's money. `late` are rows that came in after the day was closed."""

    code: str
    organisation: str
    person: str
    day: date
    state: AccountState
    figures: Figures
    channels: tuple[ChannelFigures, ...]
    flags: tuple[str, ...] = ()
    closing: Closing | None = None
    late: tuple[UUID, ...] = ()
    entries: tuple[Entry, ...] = ()
    rows: tuple[UUID, ...] = ()


class _Move(Struct, frozen=True):
    """A change of one channel at a point of the order."""

    at: datetime
    id: UUID
    channel: Channel
    collected: int = 0
    remitted: int = 0
    refunded: int = 0
    under_way: int = 0


def fold_account(code: str, rows: Iterable[Row]) -> Account:
    """Fold an account from its own rows and those of the remittances that name it, whatever their order."""
    holder = holder_of(code)
    several = {row.content.id: row for row in rows}
    closing = _last_closing(code, several.values())
    folded = _Folded(code, several.values())
    closed: Closing | None = None
    late: tuple[UUID, ...] = ()
    if closing is not None:
        covered = {UUID(row) for row in closing.content.body["rows"]}
        before = _Folded(code, [row for row in several.values() if row.content.id in covered])
        # Money that is remitted afterwards leaves the day as it was; what it took and gave back reopens it.
        late = tuple(sorted(folded.own - covered))
        closed = Closing(
            at=closing.corrected_at,
            person=closing.content.person,
            figures=_total(before.channels),
            cash_counted=closing.content.body.get("cash"),
            cash_in_hand=before.in_hand(Channel.CASH),
            rows=tuple(sorted(covered)),
        )
    return Account(
        code=code,
        organisation=holder.organisation,
        person=holder.person,
        day=holder.day,
        state=AccountState.OPEN if closed is None else AccountState.REOPENED if late else AccountState.CLOSED,
        figures=_total(folded.channels),
        channels=folded.channels,
        flags=_flags(folded, closed),
        closing=closed,
        late=late,
        entries=folded.entries,
        rows=folded.rows,
    )


def _last_closing(code: str, rows: Iterable[Row]) -> Row | None:
    counting, _ = without_corrected([row for row in rows if row.content.code == code], CORRECTED)
    return next((row for row in reversed(counting) if row.content.kind == CLOSED), None)


class _Folded:
    """The figures of a set of rows."""

    def __init__(self, code: str, rows: Iterable[Row]) -> None:
        several = list(rows)
        own = [row for row in several if row.content.code == code and row.content.kind != CLOSED]
        self.remittances = _remittances(several)
        # A closing says nothing about money, so it is not among the rows that it covers or that come late.
        self.own = {row.content.id for row in own}
        self.rows = tuple(sorted(self.own | {id_ for one in self.remittances for id_ in one.rows}))
        counting, void = without_corrected(own, CORRECTED)
        live = {row.content.id for row in counting}
        self.entries = tuple(
            _entry(row, void.get(row.content.id))
            for row in sorted(own, key=lambda row: (row.corrected_at, row.content.id))
            if row.content.kind in (COLLECTED, REFUNDED)
        )
        self.moves = sorted(
            [
                *(_own_move(entry) for entry in self.entries if entry.id in live),
                *(move for one in self.remittances for move in _moves_of(code, one)),
            ],
            key=lambda move: (move.at, move.id),
        )
        self.channels = tuple(_figures(channel, self.moves) for channel in Channel)

    def in_hand(self, channel: Channel) -> int:
        """Give what should be in hand of one channel."""
        return next(each.in_hand for each in self.channels if each.channel is channel)


def _remittances(rows: Iterable[Row]) -> list[Remittance]:
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        if is_remittance(row.content.code):
            by_code.setdefault(row.content.code, []).append(row)
    folded = (fold_remittance(by_code[code]) for code in sorted(by_code))
    return [one for one in folded if one is not None]


def _entry(row: Row, void_by: UUID | None) -> Entry:
    body: dict[str, Any] = row.content.body
    return Entry(
        id=row.content.id,
        account=row.content.code,
        kind=row.content.kind,
        at=row.corrected_at,
        dossier=body["dossier"],
        line=FeeLine(body["line"]),
        channel=Channel(body["channel"]),
        amount=body["amount"],
        receipt=body["receipt"],
        fee=UUID(body["fee"]) if body.get("fee") else None,
        reason=body.get("reason"),
        void_by=void_by,
    )


def _own_move(entry: Entry) -> _Move:
    if entry.kind == COLLECTED:
        return _Move(entry.at, entry.id, entry.channel, collected=entry.amount)
    return _Move(entry.at, entry.id, entry.channel, refunded=entry.amount)


def _moves_of(account: str, remittance: Remittance) -> Iterable[_Move]:
    """Give what a remittance takes out of an account: what was counted, or what still waits to be counted.

    What a receiver has counted is in its safe from then on.
    """
    withdrawn = remittance.state is RemittanceState.WITHDRAWN
    if account == remittance.safe and remittance.counted_at is not None and not withdrawn:
        yield _Move(
            remittance.counted_at, remittance.counts[-1], remittance.channel, collected=remittance.counted
        )
    lines = [line for line in remittance.lines if line.account == account]
    if withdrawn or not lines:
        return
    at, row = remittance.counted_at or remittance.at, (remittance.counts or remittance.rows)[-1]
    if remittance.counted_at is None:
        yield _Move(at, row, remittance.channel, under_way=sum(line.amount for line in lines))
    else:
        yield _Move(at, row, remittance.channel, remitted=sum(line.counted for line in lines))


def _figures(channel: Channel, moves: Iterable[_Move]) -> ChannelFigures:
    own = [move for move in moves if move.channel is channel]
    collected = sum(move.collected for move in own)
    remitted = sum(move.remitted for move in own)
    refunded = sum(move.refunded for move in own)
    return ChannelFigures(
        channel=channel,
        collected=collected,
        remitted=remitted,
        refunded=refunded,
        in_hand=collected - remitted - refunded,
        under_way=sum(move.under_way for move in own),
    )


def _total(channels: Sequence[Figures]) -> Figures:
    return Figures(
        collected=sum(each.collected for each in channels),
        remitted=sum(each.remitted for each in channels),
        refunded=sum(each.refunded for each in channels),
        in_hand=sum(each.in_hand for each in channels),
        under_way=sum(each.under_way for each in channels),
    )


def _flags(folded: _Folded, closing: Closing | None) -> tuple[str, ...]:
    flags = {flag for channel in Channel for flag in _overdrawn(channel, folded.moves)}
    if any(each.in_hand < 0 for each in folded.channels):
        flags.add("fee.in_hand_negative")
    live = [entry.receipt for entry in folded.entries if entry.kind == COLLECTED and entry.void_by is None]
    if len(set(live)) < len(live):
        flags.add("fee.receipt_twice")
    if closing and closing.cash_counted not in (None, closing.cash_in_hand):
        flags.add("fee.cash_differs")
    return tuple(sorted(flags))


def _overdrawn(channel: Channel, moves: Iterable[_Move]) -> Iterable[str]:
    """Name what went out of a hand that did not have it at that time, though it may have had it later."""
    in_hand = under_way = 0
    for move in moves:
        if move.channel is not channel:
            continue
        in_hand += move.collected - move.remitted - move.refunded
        under_way += move.under_way
        if in_hand < 0 and move.remitted:
            yield "fee.remitted_more_than_in_hand"
        if in_hand < 0 and move.refunded:
            yield "fee.refunded_more_than_in_hand"
        if move.under_way and under_way > in_hand:
            yield "fee.handed_more_than_in_hand"
