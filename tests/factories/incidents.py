"""Pieces on their way between two offices of one province, and what is asked about their loss."""

from datetime import timedelta
from typing import Any

import httpx

from postal.identity.rules import Role
from postal.network.rules import Kind
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, Party, party, registered
from tests.factories.network import organisation

SETTLERS = (Role.SUPERVISOR, Role.CLERK)
PLACES = {GIVER: ("01", "00004"), RECEIVER: ("01", "00008")}
CLAIMANT = {
    "name": "Nguyễn Văn Ân",
    "phone": "0912345678",
    "address": "Số 1, phố Huế",
    "statement": "Mất hồ sơ",
}


async def parties(client: httpx.AsyncClient, clock: Any, *codes: str) -> tuple[Party, Party, Party]:
    """Register pieces at the giver; give supervisors of giver, receiver and a stranger."""
    for code, (province, unit) in PLACES.items():
        kind = Kind.POST_OFFICE if code == GIVER else Kind.DESK
        await organisation(code, kind=kind, province_code=province, unit_code=unit)
    await organisation(STRANGER, kind=Kind.DESK)
    await registered(*codes, now=clock.instant)
    clock.advance(timedelta(minutes=1))
    giver = await party(client, GIVER, *SETTLERS, now=clock.instant)
    receiver = await party(client, RECEIVER, *SETTLERS, now=clock.instant)
    return giver, receiver, await party(client, STRANGER, *SETTLERS, now=clock.instant)


def a_claim(piece: str, kind: str = "loss", **more: Any) -> dict[str, Any]:
    """Write what a clerk sends about a claim."""
    return {"piece": piece, "kind": kind, "claimant": CLAIMANT} | more
