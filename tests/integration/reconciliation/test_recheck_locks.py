"""Looking again at several manifests takes all locks at once, so that no scan waits for it in a circle."""

import asyncio
from contextvars import Context
from itertools import combinations

from manifests.reconciliation.service import recheck
from postal import db
from postal.db import unit_of_work
from postal.identity.rules import Role
from postal.ledger.repository import lock_codes
from tests.factories.manifests import GIVER, RECEIVER, item, party, registered, scan, scanned

PIECES = [item(number) for number in range(1, 9)]
KEYS = "SELECT code, hashtextextended(code, 0) AS key FROM unnest($1::text[]) AS code"
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def test_a_scan_of_two_manifests_pieces_does_not_wait_in_a_circle_with_a_second_look(client, clock):
    await registered(*PIECES, now=clock.instant)
    giver = await party(client, GIVER, now=clock.instant)
    receiver = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    piece_on = {}
    for number, piece in enumerate(PIECES, 1):
        code = await giver.sealed(piece)
        await giver.post(f"/manifests/{code}/dispatch")
        await scanned(scan(number, "receive", piece, minute=number, manifest=code))
        assert (await receiver.post(f"/manifests/{code}/close")).status_code == 200
        piece_on[code] = piece
    in_order = [piece_on[code] for code in sorted(piece_on)]
    keys = {row["code"]: row["key"] for row in await db.fetch(KEYS, PIECES)}
    # Taken manifest by manifest, the late one's lock would be held when the early one's is asked for.
    late, early = next((a, b) for a, b in combinations(in_order, 2) if keys[b] < keys[a])

    async def look_again():
        async with unit_of_work():
            await recheck(piece_on, clock.instant)

    outside = Context()
    async with unit_of_work():
        await lock_codes([early])
        looking = asyncio.create_task(look_again(), context=outside)
        async with asyncio.timeout(10):
            while not await db.fetch_value(WAITS):  # noqa: ASYNC110 - the server's state has no event
                await asyncio.sleep(0.01)
        await lock_codes([late])
    await looking
