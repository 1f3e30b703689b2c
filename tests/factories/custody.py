"""A small network with scanners that speak to the API, and pieces to scan."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from postal.db import unit_of_work
from postal.identifiers import new_id
from postal.identity.rules import Actor, Role
from postal.identity.service import create_key
from postal.identity.service.devices import enrol, invite_device, register_device
from postal.identity.service.people import NewAssignment, register_person
from postal.ledger.service import record
from postal.network.rules import Kind, Level, Organisation
from postal.network.service import create, seed_operator
from shipments.pieces.rules import PieceKind, Registration
from shipments.pieces.service import register_pieces

OPERATOR = Actor(kind="key", id="test", organisation="VN", roles=frozenset({Role.ADMIN}), national=True)
OFFICE, HUB, DESK, OTHER = "BC-1", "HUB-1", "DESK-1", "BC-9"
KINDS = {OFFICE: Kind.POST_OFFICE, HUB: Kind.HUB, DESK: Kind.DESK, OTHER: Kind.POST_OFFICE}
LONG_AGO = datetime(2025, 7, 1, tzinfo=UTC)


async def network(now: datetime, codes: Sequence[str] = tuple(KINDS)) -> None:
    """Make organisations that have existed for long, each with a person `NV-<code>` on duty."""
    await seed_operator()
    for code in codes:
        await create(
            Organisation(
                code=code,
                name=f"Đơn vị {code}",
                kind=KINDS.get(code, Kind.POST_OFFICE),
                level=Level.PROVINCE,
                parent=None,
                unit_code=None,
                province_code=None,
                calendar="VN-HC",
                valid_from=date(2025, 7, 1),
                valid_to=None,
                successor=None,
                address_public=None,
            ),
            actor=OPERATOR,
            now=now,
        )
        role = Role.DESK if KINDS.get(code) is Kind.DESK else Role.CLERK
        await register_person(
            code=f"NV-{code}",
            name="Nguyễn Văn A",
            login=None,
            password=None,
            assignments=[NewAssignment(role, code, LONG_AGO)],
            actor=OPERATOR,
            now=now,
        )


async def organisation_key(organisation: str, *roles: Role, now: datetime) -> dict[str, str]:
    """Give the headers of a key of an organisation."""
    return {"Authorization": f"Bearer {await create_key(organisation, roles, now)}"}


async def pieces(
    *codes: str,
    now: datetime,
    kind: PieceKind = PieceKind.ITEM,
    origin: str = OFFICE,
    destination: str = DESK,
) -> None:
    """Register pieces, made at their origin."""
    registrations = [
        Registration(code=code, kind=kind, origin=origin, destination=destination) for code in codes
    ]
    async with unit_of_work():
        await record(register_pieces(registrations, now=now, actor_organisation=origin))


class Scanner:
    """An enrolled device that numbers its scans and uploads them; its clock may be wrong by `skew`."""

    def __init__(self, client: httpx.AsyncClient, clock: Any, code: str, organisation: str, key: str) -> None:
        self.client = client
        self.clock = clock
        self.code = code
        self.organisation = organisation
        self.headers = {"Authorization": f"Bearer {key}"}
        self.epoch = "epoch-1"
        self.seq = 0
        self.skew = timedelta(0)

    @classmethod
    async def at(cls, client: httpx.AsyncClient, clock: Any, organisation: str) -> "Scanner":
        """Register and enrol a scanner of an organisation."""
        now = clock.instant
        code = f"may-{organisation}".lower()
        await register_device(code, organisation, actor=OPERATOR, now=now - timedelta(days=60))
        invitation = await invite_device(code, actor=OPERATOR, now=now - timedelta(days=60))
        enrolled = await enrol(invitation.code, now - timedelta(days=60))
        return cls(client, clock, code, organisation, enrolled.secret)

    def scan(self, kind: str, code: str, at: datetime, **fields: Any) -> dict[str, Any]:
        """Make one scan as this device would."""
        self.seq += 1
        stamp = at + self.skew
        return {
            "id": str(new_id(stamp)),
            "seq": self.seq,
            "kind": kind,
            "code": code,
            "by": f"NV-{self.organisation}",
            "occurred_at": stamp.isoformat(),
            **{name: str(value) if isinstance(value, UUID) else value for name, value in fields.items()},
        }

    async def upload(self, scans: Sequence[Any], now: datetime, **fields: Any) -> httpx.Response:
        """Send a sync, empty or not, and let the server's clock stand at its true time."""
        self.clock.set(now)
        body = {
            "device": self.code,
            "epoch": self.epoch,
            "sent_at": (now + self.skew).isoformat(),
            "last_seq": self.seq,
            "scans": list(scans),
            **fields,
        }
        return await self.client.post("/api/v1/scans", json=body, headers=self.headers)

    async def results(self, scans: Sequence[Any], now: datetime) -> list[dict[str, Any]]:
        """Send a sync that must be answered, and give its verdicts."""
        answer = await self.upload(scans, now)
        assert answer.status_code == 200, answer.text
        return answer.json()["results"]
