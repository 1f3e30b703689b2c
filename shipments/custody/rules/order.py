"""The total order of rows: device sequence, corrected time, an offer before its receipt, ties by id.

Within one installation of a device the sequence number decides. Across devices the corrected time does, made
monotone in the sequence. A giver who scans after the receiver did has still offered first, so a receipt
without an offer waits for one that comes within `HANDOVER_WINDOW`. The order is a function of the set of
rows.
"""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from msgspec import Struct

from postal.ledger.rules import Row

HANDOVER_WINDOW = timedelta(minutes=15)
"""How much later than its receipt an offer may be scanned and still be taken for the same handover."""

RECEIPTS = ("receive", "refuse")


class Placed(Struct, frozen=True):
    """A row in its place: `at` is its corrected time, moved later only as far as the order demands."""

    row: Row
    at: datetime


def in_order(rows: Sequence[Row]) -> list[Placed]:
    """Arrange rows in the total order."""
    plain = sorted(rows, key=lambda row: (row.corrected_at, row.content.id.int))
    late = _late_offers(plain) if any(row.content.kind in RECEIPTS for row in plain) else []
    if not late and _keeps_sequence(plain):
        return [Placed(row, row.corrected_at) for row in plain]
    edges = _sequence_edges(plain)
    for offer, receipt in late:
        if not _reaches(edges, receipt, offer):
            edges[offer].append(receipt)
    return _arrange(plain, edges)


def _keeps_sequence(plain: Sequence[Row]) -> bool:
    """Tell whether corrected times alone keep the sequence of every installation."""
    last: dict[tuple[str, str | None], tuple[int, UUID]] = {}
    for row in plain:
        content = row.content
        if content.device is not None and content.seq is not None:
            installation, number = (content.device, content.epoch), (content.seq, content.id)
            if installation in last and last[installation] > number:
                return False
            last[installation] = number
    return True


def _sequence_edges(plain: Sequence[Row]) -> dict[UUID, list[UUID]]:
    chains: dict[tuple[str, str | None], list[Row]] = defaultdict(list)
    for row in plain:
        if row.content.device is not None and row.content.seq is not None:
            chains[row.content.device, row.content.epoch].append(row)
    edges: dict[UUID, list[UUID]] = defaultdict(list)
    for chain in chains.values():
        chain.sort(key=lambda row: (row.content.seq or 0, row.content.id))
        for earlier, later in pairwise(chain):
            edges[earlier.content.id].append(later.content.id)
    return edges


def _late_offers(plain: Sequence[Row]) -> list[tuple[UUID, UUID]]:
    """Pair each receipt that no earlier offer explains with the first free offer within the window."""
    offers = [row for row in plain if row.content.kind == "offer"]
    taken: set[UUID] = set()
    orphans: list[Row] = []
    for receipt in (row for row in plain if row.content.kind in RECEIPTS):
        earlier = [
            offer
            for offer in offers
            if _precedes(offer, receipt) and _matches(offer, receipt) and _free(offer, taken)
        ]
        if earlier:
            taken.add(earlier[-1].content.id)
        else:
            orphans.append(receipt)
    pairs = []
    for receipt in orphans:
        for offer in offers:
            if (
                _free(offer, taken)
                and not _precedes(offer, receipt)
                and _matches(offer, receipt)
                and offer.corrected_at - receipt.corrected_at <= HANDOVER_WINDOW
            ):
                taken.add(offer.content.id)
                pairs.append((offer.content.id, receipt.content.id))
                break
    return pairs


def _free(offer: Row, taken: set[UUID]) -> bool:
    return offer.content.id not in taken


def _precedes(offer: Row, receipt: Row) -> bool:
    return (offer.corrected_at, offer.content.id) < (receipt.corrected_at, receipt.content.id)


def _matches(offer: Row, receipt: Row) -> bool:
    to, giver = offer.content.body.get("counterparty"), receipt.content.body.get("counterparty")
    return (
        offer.content.organisation != receipt.content.organisation
        and (to is None or to == receipt.content.organisation)
        and (giver is None or giver == offer.content.organisation)
    )


def _reaches(edges: dict[UUID, list[UUID]], start: UUID, goal: UUID) -> bool:
    seen, stack = {start}, [start]
    while stack:
        for after in edges.get(stack.pop(), ()):
            if after == goal:
                return True
            if after not in seen:
                seen.add(after)
                stack.append(after)
    return False


def _arrange(plain: Sequence[Row], edges: dict[UUID, list[UUID]]) -> list[Placed]:
    by_id = {row.content.id: row for row in plain}
    waits: dict[UUID, int] = defaultdict(int)
    for afters in edges.values():
        for after in afters:
            waits[after] += 1
    at = {row.content.id: row.corrected_at for row in plain}
    ready = [(at[row_id], row_id) for row_id in by_id if not waits[row_id]]
    heapq.heapify(ready)
    placed = []
    while ready:
        instant, row_id = heapq.heappop(ready)
        placed.append(Placed(by_id[row_id], instant))
        for after in edges.get(row_id, ()):
            at[after] = max(at[after], instant)
            waits[after] -= 1
            if not waits[after]:
                heapq.heappush(ready, (at[after], after))
    return placed


def may_swap(first: Placed, second: Placed) -> bool:
    """Tell whether neighbours could have happened the other way round, their clocks being uncertain."""
    one, two = first.row, second.row
    if second.at - first.at >= timedelta(milliseconds=one.uncertainty_ms + two.uncertainty_ms):
        return False
    if one.content.device == two.content.device:
        return False
    return not (one.content.kind == "offer" and two.content.kind in RECEIPTS and _matches(one, two))
