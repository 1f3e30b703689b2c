"""How far a scan reaches: its piece and what is inside it, not what else its container holds."""

from typing import Any

import httpx

from postal.db import unit_of_work
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from shipments.custody.projection import collecting
from tests.factories.custody import OFFICE, Scanner, network, pieces

BAG, ITEM, SIBLING = "TUI-01", "DH123456785VN", "DH473124829VN"


async def reached(kind: str, code: str, now: Any) -> set[str]:
    async with unit_of_work():
        with collecting() as folded:
            await record(
                [
                    authored(
                        stream=Stream.SCAN,
                        kind=kind,
                        code=code,
                        occurred_at=now,
                        now=now,
                        actor_organisation=OFFICE,
                    )
                ]
            )
    return set(folded)


async def test_a_scan_of_an_item_does_not_fold_the_other_contents_of_its_bag(
    client: httpx.AsyncClient, clock: Any
) -> None:
    now = clock.instant
    await network(now)
    await pieces(BAG, ITEM, SIBLING, now=now)
    office = await Scanner.at(client, clock, OFFICE)
    await office.results([office.scan("pack", code, now, container=BAG) for code in (ITEM, SIBLING)], now)
    assert await reached("hold", ITEM, now) == {ITEM, BAG}
    assert await reached("hold", BAG, now) == {BAG, ITEM, SIBLING}
