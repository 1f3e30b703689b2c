"""Everything about sealed manifests comes back from the ledger; drafts stay as they are."""

from datetime import timedelta

from manifests.manifests import repository
from postal import db
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from tests.factories.manifests import GIVER, RECEIVER, item, party, registered, scan, scanned

A, B, C, D = (item(number) for number in range(1, 5))


async def test_a_rebuild_restores_manifests_lines_and_discrepancies(client, clock, database):
    await registered(A, B, C, D, now=clock.instant)
    giver = await party(client, GIVER, now=clock.instant)
    receiver = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    closed, draft, cancelled = await giver.sealed(A, B), await giver.draft(C), await giver.sealed(D)
    await giver.post(f"/manifests/{cancelled}/cancel")
    await giver.post(f"/manifests/{closed}/dispatch")
    clock.advance(timedelta(hours=1))
    await scanned(scan(1, "receive", A, minute=30, manifest=closed))
    assert (await receiver.post(f"/manifests/{closed}/close")).status_code == 200
    await receiver.sealed(A, receiver=GIVER)
    grown = await export()
    before = await repository.find_many([closed, draft, cancelled])
    async with db.as_owner(database):
        await db.execute("DELETE FROM manifest_line WHERE manifest IN ($1, $2)", closed, cancelled)
        await db.execute("DELETE FROM manifest WHERE code IN ($1, $2)", closed, cancelled)
        await rebuild(chunk=2)
    assert await export() == grown
    assert await repository.find_many([closed, draft, cancelled]) == before
