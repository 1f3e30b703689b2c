"""A small network with scanners, as the bodies of requests."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from postal.clock import machine_now
from postal.db import unit_of_work
from postal.identifiers import new_id
from postal.identity.rules import Role
from postal.identity.service import authenticate_key
from postal.identity.service.devices import enrol, invite_device, open_shift, register_device
from postal.ledger.service import record
from postal.network.rules import Kind
from shipments.pieces.rules import PieceKind, Registration
from shipments.pieces.rules.codes import s10
from shipments.pieces.service import register_pieces
from tests.benchmarks.wire import post_head
from tests.factories.custody import OPERATOR
from tests.factories.identity import person
from tests.factories.network import exists, organisation

OFFICE, DESK = "BC-530001", "MC-530001"
KINDS = {OFFICE: Kind.POST_OFFICE, DESK: Kind.DESK}
LONG_AGO = timedelta(days=60)
ROUTINE = ("accept", "hold", "depart", "offer")
"""What one office does to a piece; the same hands do it again when the pieces have run out."""


class Scanner(Struct, kw_only=True):
    """An enrolled device; its scans are made when they are sent, as a real one does."""

    code: str
    organisation: str
    shift: str
    head: str
    seq: int = 0

    def scan(self, kind: str, code: str, now: datetime) -> dict[str, Any]:
        """Make one scan."""
        self.seq += 1
        made = {
            "id": str(new_id(now)),
            "seq": self.seq,
            "kind": kind,
            "code": code,
            "by": f"NV-{self.organisation}",
            "place": self.organisation,
            "occurred_at": now,
        }
        if kind in {"offer", "receive"}:
            made["counterparty"] = OFFICE if self.organisation == DESK else DESK
        return made

    def upload(self, scans: Sequence[dict[str, Any]], now: datetime) -> bytes:
        """Write the request that sends them."""
        body = msgspec.json.encode(
            {
                "device": self.code,
                "epoch": "7f3a91bc",
                "sent_at": now,
                "last_seq": self.seq,
                "shift": self.shift,
                "scans": scans,
            }
        )
        return f"{self.head}{len(body)}\r\n\r\n".encode() + body

    def routine(self, codes: Sequence[str]) -> Iterator[bytes]:
        """Send scan after scan, piece after piece, for ever."""
        while True:
            for code in codes:
                for kind in ROUTINE:
                    now = machine_now()
                    yield self.upload([self.scan(kind, code, now)], now)


async def scanner(code: str, at: str) -> Scanner:
    """Enrol a device and open a shift on it; its office or desk is made with one person unless it is there."""
    since = machine_now() - LONG_AGO
    if not await exists(at):
        await organisation(at, kind=KINDS[at])
        await person(f"NV-{at}", at, Role.DESK if at == DESK else Role.CLERK, now=since)
    await register_device(code, at, actor=OPERATOR, now=since)
    invitation = await invite_device(code, actor=OPERATOR, now=since)
    key = (await enrol(invitation.code, since)).secret
    actor = await authenticate_key(key, machine_now())
    shift = await open_shift(f"NV-{at}", None, actor=actor, now=since)
    return Scanner(code=code, organisation=at, shift=str(shift.id), head=post_head("/api/v1/scans", key))


async def registered(prefix: str, count: int, first: int = 0) -> list[str]:
    """Register items of the office on their way to the desk."""
    # Far apart, as the keyed permutation gives them out: no index is filled from one end only.
    codes = [s10(prefix, (first + number) * 7_919_351 % 10**8) for number in range(count)]
    for at in range(0, count, 1000):
        registrations = [
            Registration(code=code, kind=PieceKind.ITEM, origin=OFFICE, destination=DESK)
            for code in codes[at : at + 1000]
        ]
        async with unit_of_work():
            await record(register_pieces(registrations, now=machine_now(), actor_organisation=OFFICE))
    return codes
