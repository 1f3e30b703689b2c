"""How calls of subscribers are built and judged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from integrations.deliveries.rules import Adapter, Ended, Queued, Skip
from integrations.outgoing.rules import Call
from integrations.signing.rules import signed
from integrations.webhooks import repository
from integrations.webhooks.rules import body_of, signing
from integrations.webhooks.service.setup import opened
from integrations.webhooks.service.tending import disable


class WebhookAdapter(Adapter):
    """Calls signed by the Standard Webhooks specification: the same id and bytes at each try, the instant its own."""

    async def prepare(
        self, destination: UUID, messages: Sequence[Queued], now: datetime
    ) -> Mapping[UUID, Call | Skip]:
        """Sign with every secret that counts now."""
        found = await repository.find(destination)
        if found is None:
            return {message.id: Skip("deleted") for message in messages}
        kept = signing(await repository.secrets_of(destination), now)
        secrets = [opened(each.id, each.sealed) for each in kept]
        calls = {}
        for message in messages:
            body = body_of(message.topic, message.payload)
            calls[message.id] = Call(
                url=found.url, body=body, headers=signed(secrets, str(message.id), now, body)
            )
        return calls

    async def settled(self, destination: UUID, ended: Sequence[Ended], now: datetime) -> None:
        """Call nobody again who says that this address is gone."""
        if any(one.judgement is not None and one.judgement.outcome == "gone" for one in ended):
            await disable(destination, "gone", now)
