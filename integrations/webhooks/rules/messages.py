"""What a call says: that something happened, as the feed shows it, and the cursor to go on from. Pure."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from integrations.deliveries.rules import Outgoing
from integrations.feed.rules import Event
from postal.ledger.rules import Stream

KIND = "webhook"
PING = "ping"
STREAMS = {Stream.SCAN: "scan", Stream.CASE: "case", Stream.RECORD: "record"}


def id_of(subscription: UUID, event: Event) -> UUID:
    """Give the id of a message: the same at every try and replay, another for each subscription.

    A content of a disputed id is an event of its own, so it is told by its hash as well.
    """
    return uuid5(subscription, f"{event.id.hex}{event.at.content_hash}")


def message_of(subscription: UUID, event: Event, cursor: str) -> Outgoing:
    """Make the message of an event; those about one item go one after the other. `cursor` is as the feed writes it."""
    data = {
        "id": event.id,
        "content_hash": event.content_hash.hex(),
        "stream": STREAMS[event.stream],
        "kind": event.kind,
        "code": event.code,
        "at": event.corrected_at,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "organisation": event.organisation,
        "verdict": event.verdict,
        "place": event.place,
        "manifest": event.manifest,
        "container": event.container,
        "counterparty": event.counterparty,
        "condition": event.condition,
        "reason": event.reason,
        "corrects": event.corrects,
        "cursor": cursor,
    }
    return Outgoing(
        id=id_of(subscription, event),
        topic=f"{STREAMS[event.stream]}.{event.kind}",
        subject=event.code,
        key=event.code,
        payload={
            "data": msgspec.to_builtins(data),
            "position": event.at.position,
            "turn": event.at.turn,
            "row": str(event.at.id),
        },
    )


def ping_of(identifier: UUID, subscription: UUID, now: datetime) -> Outgoing:
    """Make a message that says nothing but that it came."""
    data = {"subscription": subscription, "at": now}
    return Outgoing(id=identifier, topic=PING, payload={"data": msgspec.to_builtins(data)})


def body_of(topic: str, payload: dict[str, Any]) -> bytes:
    """Write the body of a call, the same bytes at each try."""
    data = payload["data"]
    return msgspec.json.encode({"type": topic, "timestamp": data["at"], "data": data})
