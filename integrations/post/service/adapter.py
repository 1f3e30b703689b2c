"""How messages to the post's own system are written and sent: one address, the kind in a header, signed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from integrations.deliveries.rules import Adapter, Judgement, Queued, Skip
from integrations.outgoing.rules import Answered, Call
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from integrations.post.repository import despatches, orders
from integrations.post.rules.despatches import predes_json, resdes_json
from integrations.post.rules.events import EventMessage, ItemEvent, message_json
from integrations.post.rules.lines import written
from integrations.post.rules.orders import status_message
from integrations.post.service.setup import settings_of
from integrations.signing.rules import signed

JSON, LINES = "application/json", "text/plain; charset=utf-8"
GONE = Skip(reason="post.nothing_to_send")

Body = tuple[str, bytes]


class PostAdapter(Adapter):
    """Writes each message from what it names, as that stands when it is sent."""

    async def prepare(
        self, destination: UUID, messages: Sequence[Queued], now: datetime
    ) -> Mapping[UUID, Call | Skip]:
        """Write the messages of a partner; one that is no longer linked gets nothing."""
        partner = await partners.by_id(destination)
        if partner is None or partner.url is None or partner.state == "ended":
            return {message.id: Skip(reason="post.partner_ended") for message in messages}
        secrets = await partners.outbound_secrets(partner, now)
        prepared: dict[UUID, Call | Skip] = {}
        for message in messages:
            body = await BODIES[message.topic](partner, message.payload)
            if body is None:
                prepared[message.id] = GONE
                continue
            media, raw = body
            headers = {"content-type": media, "message-kind": message.topic}
            if secrets:
                headers |= signed(secrets, str(message.id), now, raw)
            else:
                headers |= {"webhook-id": str(message.id)}
            prepared[message.id] = Call(url=partner.url, body=raw, headers=headers)
        return prepared

    def judge(self, message: Queued, answer: Answered) -> Judgement:
        """Judge by the status, and by an error that a body admits under a good status."""
        judged = super().judge(message, answer)
        if judged.outcome == "delivered" and _admits_an_error(answer):
            return Judgement(outcome="later", code="post.error_in_answer")
        return judged


def _admits_an_error(answer: Answered) -> bool:
    try:
        body = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if not isinstance(body, dict):
        return False
    code = body.get("errorCode", body.get("error_code", "0"))
    return bool(body.get("error")) or body.get("ok") is False or str(code) not in {"0", "00"}


async def _order_status(_partner: Partner, payload: Mapping[str, Any]) -> Body | None:
    order = (await orders.find_many([payload["order"]])).get(payload["order"])
    return (JSON, msgspec.json.encode(status_message(order))) if order else None


async def _events(partner: Partner, payload: Mapping[str, Any]) -> Body | None:
    message = EventMessage(
        sender=partner.organisation,
        journal=payload["journal"],
        prepared_at=datetime.fromisoformat(payload["at"]),
        last=payload["last"],
        events=tuple(msgspec.convert(payload["events"], list[ItemEvent])),
    )
    if settings_of(partner).event_form == "lines":
        return LINES, written(message).encode()
    return JSON, msgspec.json.encode(message_json(message))


async def _predes(_partner: Partner, payload: Mapping[str, Any]) -> Body | None:
    despatch = await despatches.find_by_id(UUID(payload["despatch"]))
    return (JSON, msgspec.json.encode(predes_json(despatch.announcement))) if despatch else None


async def _resdes(_partner: Partner, payload: Mapping[str, Any]) -> Body | None:
    despatch = await despatches.find_by_id(UUID(payload["despatch"]))
    if despatch is None:
        return None
    answers = await despatches.answers(despatch.id, despatch.number)
    answer = next((each for each in answers if each.number == payload["answer"]), None)
    return (JSON, msgspec.json.encode(resdes_json(answer, despatch.receiver))) if answer else None


BODIES: dict[str, Callable[[Partner, Mapping[str, Any]], Awaitable[Body | None]]] = {
    "post.order_status": _order_status,
    "post.emsevt": _events,
    "post.predes": _predes,
    "post.resdes": _resdes,
}
