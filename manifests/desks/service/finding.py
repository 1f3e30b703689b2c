"""Finding what somebody typed or scanned: dossiers by name or code, and any piece or manifest by its whole code."""

from collections.abc import Mapping
from urllib.parse import quote

from msgspec import Struct

from manifests.manifests import repository as manifests
from postal.audit import looks
from postal.errors import NotFound
from postal.identity.rules import Actor
from shipments.custody.repository import visible
from shipments.dossiers import repository as dossiers
from shipments.dossiers.repository import Hit
from shipments.dossiers.rules import Dossier
from shipments.dossiers.rules.searching import Asked, asked_of
from shipments.pieces.rules import CodeKind, kind_of

SHOWN = 50


class Found(Struct, frozen=True, kw_only=True):
    """What a search came to; `elsewhere` is the page of a piece or a manifest that has just this code."""

    asked: Asked
    hits: list[Hit]
    more: bool
    dossiers: Mapping[str, Dossier]
    elsewhere: str | None


async def find(raw: str, *, actor: Actor) -> Found:
    """Find dossiers of the actor's agencies, the nearest first, and whatever else has the code that was typed."""
    asked = asked_of(raw)
    found = await dossiers.search(actor, asked, SHOWN + 1)
    hits = found[:SHOWN]
    looks.note([hit.code for hit in hits if hit.name], ["name"])
    return Found(
        asked=asked,
        hits=hits,
        more=len(found) > SHOWN,
        dossiers=await dossiers.find_many([hit.code for hit in hits]),
        elsewhere=await _elsewhere(asked.code, actor)
        if asked.code and not (hits and hits[0].rank == 0)
        else None,
    )


async def _elsewhere(code: str, actor: Actor) -> str | None:
    kind = kind_of(code)
    if kind is CodeKind.MANIFEST:
        try:
            await manifests.get(code, actor)
        except NotFound:
            return None
        return f"/manifests/{quote(code, safe='')}"
    if kind is None or code not in await visible([code], actor):
        return None
    room = "desk/dossiers" if kind is CodeKind.DOSSIER else "pieces"
    return f"/{room}/{quote(code, safe='')}"
