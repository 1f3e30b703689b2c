"""A remittance: the list of money that one person hands over, against what the receiver counted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from postal.instants import Instant
from postal.ledger.rules import Row
from shipments.dossiers.rules.corrections import without_corrected
from shipments.fees.rules.money import Channel, holder_of

HANDED, COUNTED = "remittance.handed", "remittance.counted"
WITHDRAWN, SETTLED = "remittance.corrected", "remittance.settled"

_PREFIX = "NT-"


class LineClass(StrEnum):
    """How a line of the list and what was counted for it compare; each receipt has exactly one."""

    AWAITING = "awaiting"
    MATCHED = "matched"
    SHORT = "short"
    OVER = "over"
    MISSING = "missing"
    UNKNOWN = "unknown"
    TWICE = "twice"


class RemittanceState(StrEnum):
    """Where a remittance stands; it is settled once every difference has its resolution."""

    HANDED = "handed"
    COUNTED = "counted"
    DIFFERING = "differing"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class Settlement(StrEnum):
    """How a difference of money ended."""

    PAID_IN = "paid_in"
    GIVEN_BACK = "given_back"
    RECORDING_ERROR = "recording_error"
    ACCEPTED = "accepted"


class Listed(Struct, frozen=True, kw_only=True):
    """A line as its giver states it: the collection, its receipt, and whose account of which day it leaves."""

    receipt: str
    amount: int
    account: str
    fee: UUID | None = None


class RemittanceLine(Struct, frozen=True, kw_only=True):
    """A line as it stands. `owner` answers for its difference until `resolution` is stated."""

    n: int
    receipt: str
    account: str
    amount: int
    counted: int
    line_class: LineClass
    fee: UUID | None = None
    owner: str | None = None
    resolution: Settlement | None = None

    @property
    def open(self) -> bool:
        """Tell whether somebody still has to answer for a difference."""
        return self.owner is not None and self.resolution is None


class Remittance(Struct, frozen=True, kw_only=True):
    """Money on its way from a person, or an office's safe, to a receiver; `safe` is where what is counted goes."""

    code: str
    organisation: str
    person: str
    receiver: str
    channel: Channel
    at: Instant
    state: RemittanceState
    counted_at: Instant | None
    amount: int
    counted: int
    lines: tuple[RemittanceLine, ...] = ()
    counts: tuple[UUID, ...] = ()
    rows: tuple[UUID, ...] = ()
    safe: str | None = None


OWNED_BY_GIVER = frozenset({LineClass.SHORT, LineClass.MISSING})
IN_ORDER = frozenset({LineClass.AWAITING, LineClass.MATCHED})


def is_remittance(code: str) -> bool:
    """Tell whether a code of the ledger names a remittance."""
    return code.startswith(_PREFIX)


def remittance_code(day: date, suffix: str) -> str:
    """Write the code of a remittance: the local day and a random suffix."""
    return f"{_PREFIX}{day:%y%m%d}-{suffix}"


def fold_remittance(rows: Iterable[Row]) -> Remittance | None:
    """Fold a remittance from its rows, whatever their order; None where nothing was handed over."""
    several = list(rows)
    counting, void = without_corrected(several, WITHDRAWN)
    handed = next((row for row in counting if row.content.kind == HANDED), None)
    withdrawn = handed is None
    if handed is None:
        handed = min(
            (row for row in several if row.content.kind == HANDED and row.content.id in void),
            key=lambda row: (row.corrected_at, row.content.id),
            default=None,
        )
    if handed is None:
        return None
    content = handed.content
    counts = [] if withdrawn else [row for row in counting if row.content.kind == COUNTED]
    settlements = [row.content.body for row in counting if row.content.kind == SETTLED]
    listed = tuple(
        Listed(
            receipt=line["receipt"],
            amount=line["amount"],
            account=line["account"],
            fee=UUID(line["fee"]) if line.get("fee") else None,
        )
        for line in content.body["lines"]
    )
    lines = reconcile(
        listed,
        [[(line["receipt"], line["amount"]) for line in row.content.body["lines"]] for row in counts],
        home=content.body["home"],
        giver=str(content.organisation),
        receiver=content.body["receiver"],
        settlements=_settled(settlements),
    )
    return Remittance(
        code=content.code,
        organisation=str(content.organisation),
        # What leaves a safe is handed over by whoever states so.
        person=holder_of(content.body["home"]).person or content.person or "",
        receiver=content.body["receiver"],
        channel=Channel(content.body["channel"]),
        at=handed.corrected_at,
        state=_state(lines, counted=bool(counts), withdrawn=withdrawn),
        counted_at=counts[-1].corrected_at if counts else None,
        amount=sum(line.amount for line in lines),
        counted=sum(line.counted for line in lines),
        lines=lines,
        counts=tuple(row.content.id for row in counts),
        rows=tuple(sorted({row.content.id for row in several})),
        safe=content.body.get("safe"),
    )


def reconcile(
    listed: Sequence[Listed],
    counts: Sequence[Sequence[tuple[str, int]]],
    *,
    home: str,
    giver: str,
    receiver: str,
    settlements: Mapping[tuple[str, str, int], Settlement] | None = None,
) -> tuple[RemittanceLine, ...]:
    """Compare the list with what was counted: one line for each receipt of either, each of one class.

    Later counts add to earlier ones, as when what was short is paid in. A receipt named again within one count is a
    slip, since one receipt is one payment: only the first counts, and the line says so. Money for a receipt that is not
    on the list was in the giver's hand all the same, so it leaves the account that the remittance was made from.
    """
    first: dict[str, Listed] = {}
    twice: set[str] = set()
    for given in listed:
        if given.receipt in first:
            twice.add(given.receipt)
        first.setdefault(given.receipt, given)
    counted: dict[str, int] = {}
    for count in counts:
        seen: set[str] = set()
        for receipt, amount in count:
            if receipt in seen:
                twice.add(receipt)
                continue
            seen.add(receipt)
            counted[receipt] = counted.get(receipt, 0) + amount
    unlisted = sorted(counted.keys() - first.keys())
    lines = []
    for n, receipt in enumerate((*first, *unlisted), 1):
        line, got = first.get(receipt), counted.get(receipt, 0)
        found = _class_of(line, got, twice=receipt in twice, begun=bool(counts))
        owner = None if found in IN_ORDER else giver if found in OWNED_BY_GIVER else receiver
        lines.append(
            RemittanceLine(
                n=n,
                receipt=receipt,
                fee=line.fee if line else None,
                account=line.account if line else home,
                amount=line.amount if line else 0,
                counted=got,
                line_class=found,
                owner=owner,
                # What was settled was this difference; another one than that is open again.
                resolution=(settlements or {}).get((receipt, found.value, got)) if owner else None,
            )
        )
    return tuple(lines)


def _class_of(line: Listed | None, counted: int, *, twice: bool, begun: bool) -> LineClass:
    if twice:
        return LineClass.TWICE
    if line is None:
        return LineClass.UNKNOWN
    if not begun:
        return LineClass.AWAITING
    if counted == line.amount:
        return LineClass.MATCHED
    if not counted:
        return LineClass.MISSING
    return LineClass.SHORT if counted < line.amount else LineClass.OVER


def _settled(bodies: Sequence[Mapping[str, object]]) -> dict[tuple[str, str, int], Settlement]:
    return {
        (str(body["receipt"]), str(body["class"]), int(str(body["counted"]))): Settlement(
            str(body["resolution"])
        )
        for body in bodies
    }


def _state(lines: Sequence[RemittanceLine], *, counted: bool, withdrawn: bool) -> RemittanceState:
    if withdrawn:
        return RemittanceState.WITHDRAWN
    if any(line.open for line in lines):
        return RemittanceState.DIFFERING
    if any(line.resolution for line in lines):
        return RemittanceState.SETTLED
    return RemittanceState.COUNTED if counted else RemittanceState.HANDED
