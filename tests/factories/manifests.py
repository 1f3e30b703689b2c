"""Rows and handovers for tests of manifests: short to write, complete as the ledger keeps them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from manifests.reconciliation.rules import Handover, Line
from postal.db import unit_of_work
from postal.identity.rules import Role
from postal.ledger.rules import Content, Row, Stream, content_hash
from postal.ledger.service import record
from shipments.pieces.rules import PieceKind, Registration, s10
from shipments.pieces.service import register_pieces
from tests.factories.identity import headers
from tests.factories.network import organisations

SEALED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GIVER, RECEIVER, STRANGER = "BC-10", "MC-20", "MC-99"
MANIFEST = "BK-261123-ABCDEF"


def at(minutes: float) -> datetime:
    """Give an instant so many minutes after the sealing."""
    return SEALED + timedelta(minutes=minutes)


def row_id(number: int) -> UUID:
    """Give the id of a numbered row."""
    return UUID(int=(0x19A0000 << 80) | (7 << 76) | (2 << 62) | number)


def scan(
    number: int, kind: str, code: str, organisation: str = RECEIVER, *, minute: float = 30, **fields: Any
) -> Row:
    """Make a scan row; `received` (minutes), `device`, `seq` and `id` are its own, the rest is body."""
    received = at(fields.pop("received", minute))
    uncertainty = fields.pop("uncertainty_ms", 0)
    subjects = fields.pop("subjects", ())
    body = (
        {"manifest": MANIFEST}
        | fields.pop("body", {})
        | {key: value for key, value in fields.items() if key not in {"device", "epoch", "seq", "id"}}
    )
    content = Content(
        id=fields.get("id", row_id(number)),
        stream=Stream.SCAN,
        kind=kind,
        code=code,
        occurred_at=at(minute),
        organisation=organisation,
        device=fields.get("device"),
        epoch=fields.get("epoch"),
        seq=fields.get("seq"),
        body={key: value for key, value in body.items() if value is not None},
        subjects=subjects,
    )
    return Row(
        content=content,
        received_at=received,
        corrected_at=at(minute),
        uncertainty_ms=uncertainty,
        content_hash=content_hash(content),
    )


def handover(*pieces: str, **changes: Any) -> Handover:
    """Make a sealed manifest of these pieces from the giver to the receiver."""
    lines = tuple(Line(piece=piece, n=n, destination=RECEIVER) for n, piece in enumerate(pieces, 1))
    return Handover(
        **{"code": MANIFEST, "giver": GIVER, "receiver": RECEIVER, "sealed_at": SEALED, "lines": lines}
        | changes
    )


def item(number: int) -> str:
    """Write the S10 code of a numbered item."""
    return s10("DH", number * 100 + 11)


async def registered(
    *codes: str, now: datetime, by: str = GIVER, to: str = RECEIVER, kind: str = "item"
) -> None:
    """Register pieces at an office, which is then presumed to hold them."""
    await organisations(*{one for one in (by, to) if one != "CITIZEN"})
    wanted = [
        Registration(code=code, kind=PieceKind(kind), origin=by, destination=to, direction="inbound")
        for code in codes
    ]
    async with unit_of_work():
        await record(register_pieces(wanted, now=now, actor_organisation=by))


async def scanned(*rows: Row) -> None:
    """Put scans into the ledger, as an upload would."""
    async with unit_of_work():
        await record(rows)


class Party:
    """Speaks to the API for one organisation."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.client.get(f"/api/v1{path}", params=query or None, headers=self.headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(f"/api/v1{path}", json=body, headers={**self.headers, **headers})

    async def put(self, path: str, body: Any) -> httpx.Response:
        return await self.client.put(f"/api/v1{path}", json=body, headers=self.headers)

    async def draft(self, *pieces: str, receiver: str = RECEIVER, **more: Any) -> str:
        """Make a draft and give its code."""
        answer = await self.post("/manifests", {"receiver": receiver, "lines": list(pieces)} | more)
        assert answer.status_code == 201, answer.text
        return answer.json()["code"]

    async def sealed(self, *pieces: str, **more: Any) -> str:
        """Make and seal a manifest and give its code."""
        code = await self.draft(*pieces, **more)
        answer = await self.post(f"/manifests/{code}/seal")
        assert answer.status_code == 200, answer.text
        return code


async def party(client: httpx.AsyncClient, organisation: str, *roles: Role, now: datetime) -> Party:
    """Give an organisation a key and let it speak."""
    return Party(client, await headers(organisation, *(roles or (Role.CLERK,)), now=now))
