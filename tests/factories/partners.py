"""Partners for tests, and how their messages are sent: by a key, or signed."""

from datetime import datetime
from typing import Any

import msgspec

from integrations.inbox.service import take
from integrations.partners import service
from integrations.partners.rules import NewPartner, PartnerKind
from integrations.partners.service import Issued
from integrations.signing.rules import signed
from postal.identity.rules import Role
from tests.factories.identity import actor, headers
from tests.factories.network import organisation as an_organisation

UNHEARD = "tin-chua-hieu-1"


async def partner(
    code: str, kind: str, organisation: str, *, now: datetime, url: str | None = None, settings: Any = None
) -> Issued:
    """Register a partner of an organisation, and the organisation too unless it is there."""
    await an_organisation(organisation)
    given = NewPartner(
        code=code,
        kind=PartnerKind(kind),
        organisation=organisation,
        name=f"Phần mềm {code}",
        url=url,
        settings=settings or {},
    )
    administrator = await actor(organisation, Role.ADMIN, now=now)
    return await service.create(given, actor=administrator, now=now)


async def message(code: str, now: datetime) -> str:
    """Keep a message of a partner that nobody understands, and give its id."""
    found = await service.find(code)
    body = b'{"subject": "H57.01-1"}'
    kept = await take(found, "agency.unheard", UNHEARD, "application/json", body, headers={}, now=now)
    return str(kept.id)


class Sender:
    """A partner's program: sends messages by its key, or signs them with its secrets."""

    def __init__(self, client, issued: Issued, key: dict[str, str], clock) -> None:
        self.client, self.issued, self.key, self.clock = client, issued, key, clock
        self.secrets = [issued.inbound]

    @classmethod
    async def of(cls, client, clock, code: str, kind: str, organisation: str, **more) -> "Sender":
        """Register a partner and give its program."""
        issued = await partner(code, kind, organisation, now=clock.instant, **more)
        key = await headers(organisation, Role.SYSTEM, now=clock.instant)
        return cls(client, issued, key, clock)

    @property
    def code(self) -> str:
        """Give the code of the partner."""
        return self.issued.partner.code

    def address(self, name: str) -> str:
        """Give where messages of a kind go, or where the outcome of one stands."""
        return f"/api/v1/partners/{self.code}/messages/{name}"

    async def send(self, kind: str, message_id: str, body: Any, *, by=None, **different):
        """Send a message by the key."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        said = {"Content-Type": "application/json", "Message-Id": message_id, **(by or self.key), **different}
        return await self.client.post(self.address(kind), content=raw, headers=said)

    async def sign(self, kind: str, message_id: str, body: Any, *, at=None, secrets=None, **different):
        """Send a message that is signed."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        said = signed(secrets or self.secrets, message_id, at or self.clock.instant, raw)
        return await self.client.post(self.address(kind), content=raw, headers={**said, **different})

    async def outcome(self, message_id: str):
        """Ask what became of a message."""
        return await self.client.get(self.address(message_id), headers=self.key)
