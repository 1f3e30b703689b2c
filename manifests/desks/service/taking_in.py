"""Taking in a whole handover at the desk: what was scanned becomes scans of the ledger, in one unit of work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from manifests.desks.rules.scanning import Scanned, judged
from manifests.manifests import repository as manifests
from manifests.manifests.rules import Action, Manifest, State
from manifests.manifests.service import require
from postal.db import unit_of_work
from postal.errors import Unprocessable
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record
from shipments.custody import repository as custody
from shipments.custody.repository import visible

ON_A_PAGE = 50
APART = timedelta(microseconds=1)


async def coming(actor: Actor) -> list[Manifest]:
    """List the handovers that are on their way to the actor's organisation, the newest first."""
    found = []
    for state in (State.DISPATCHED, State.RECEIVING, State.SEALED):
        for receiver in sorted(actor.sees):
            found += await manifests.page_of(
                actor, state=state, giver=None, receiver=receiver, after=None, limit=ON_A_PAGE
            )
    return sorted(found, key=lambda each: (each.created_at, each.code), reverse=True)[:ON_A_PAGE]


async def begin(code: str, actor: Actor) -> Manifest:
    """Get a handover that the actor's organisation may take in now."""
    manifest = await manifests.get(code, actor)
    require(Action.RECEIVE, manifest, actor)
    return manifest


async def compare(
    manifest: Manifest, read: Sequence[str], damaged: Sequence[str], *, actor: Actor
) -> tuple[Scanned, frozenset[str]]:
    """Hold what was read against the list; gives with it which of the extra codes nobody here has heard of."""
    scanned = judged(manifest.pieces, read, set(damaged))
    return scanned, frozenset(scanned.extra) - await visible(list(scanned.extra), actor)


async def accept(
    code: str,
    read: Sequence[str],
    damaged: Sequence[str],
    *,
    unpack: bool,
    actor: Actor,
    now: datetime,
) -> Manifest:
    """Take in what was scanned, and nothing else: what is missing stays with the giver and is seen at the closing.

    With `unpack`, the dossiers are taken out of their items at once, so that the case may go on with them.
    """
    manifest = await begin(code, actor)
    scanned = judged(manifest.pieces, read, set(damaged))
    if not scanned.codes:
        raise Unprocessable(
            "desk.nothing_scanned",
            vi="Chưa quét cái nào: quét từng bưu gửi rồi bấm nhận",
            en="Nothing was scanned: scan the pieces, then accept",
            pointer="/code",
        )
    if scanned.bad:
        raise Unprocessable(
            "desk.misread",
            vi=f"Có {len(scanned.bad)} mã chưa đọc được; quét lại hoặc xóa khỏi danh sách",
            en=f"{len(scanned.bad)} codes could not be read; scan them again or take them off the list",
            pointer="/scanned",
        )
    async with unit_of_work():
        named = {*manifest.pieces, *scanned.codes}
        await lock_codes({code, *named, *await custody.closure(named)})
        await manifests.lock(code)
        manifest = await begin(code, actor)
        await record(
            [_received(manifest, piece, piece in scanned.damaged, actor, now) for piece in scanned.codes]
        )
        if unpack:
            whole = [piece for piece in scanned.codes if piece not in scanned.damaged]
            await record(await _unpacked(whole, manifest.receiver, actor, now))
        return await manifests.get(code, actor)


def _received(manifest: Manifest, piece: str, damaged: bool, actor: Actor, now: datetime) -> Row:  # noqa: FBT001 - private
    body: dict[str, Any] = {"manifest": manifest.code, "counterparty": manifest.giver}
    if damaged:
        body["condition"] = "damaged"
    return _scan("receive", piece, manifest.receiver, body, (), actor, now, now)


async def _unpacked(pieces: Sequence[str], receiver: str, actor: Actor, now: datetime) -> list[Row]:
    # Later than the receipt by a moment, as it was.
    after = now + APART
    return [
        _scan("unpack", inside, receiver, {"container": piece}, (piece,), actor, after, after)
        for piece in pieces
        for inside in await custody.contents_of(piece)
    ]


def _scan(
    kind: str,
    code: str,
    organisation: str,
    body: dict[str, Any],
    subjects: tuple[str, ...],
    actor: Actor,
    at: datetime,
    now: datetime,
) -> Row:
    return authored(
        stream=Stream.SCAN,
        kind=kind,
        code=code,
        occurred_at=at,
        now=now,
        actor_organisation=organisation,
        person=actor.person,
        body=body,
        subjects=subjects,
    )
