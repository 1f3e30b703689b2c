"""Notices that wait to be sent, made without the dossiers that they are about."""

import msgspec

from integrations.notifications import repository
from integrations.notifications.rules import Channel, Kind, Notice, Subscription
from integrations.notifications.service.setup import sealed, token_of
from postal.db import unit_of_work
from postal.identifiers import new_id
from shipments.tracking.rules import token_hash


async def many_notices(number, now, settings):
    """Store so many citizens who are told one thing each; gives the ids of their notices."""
    made = []
    async with unit_of_work():
        for count in range(number):
            asked = Subscription(
                id=new_id(now), dossier=f"D-{count:05d}", channel=Channel.EMAIL, language="vi", state="active",
                made_at=now, confirmed_at=now,
            )  # fmt: skip
            address = msgspec.json.encode({"address": f"nguoi{count}@example.vn"})
            hashed = token_hash(token_of(settings, asked.id))
            await repository.add(asked, hashed, hashed, sealed(settings, asked.id, address))
            made.append(
                Notice(
                    id=new_id(now),
                    subscription=asked.id,
                    fact="result",
                    kind=Kind.RESULT,
                    facts={},
                    at=now,
                    made_at=now,
                    due_at=now,
                )
            )
        await repository.add_notices(made)
    return [each.id for each in made]


def expected(ids):
    """Give the Message-IDs that must have arrived."""
    return {f"<{each}@example.vn>" for each in ids}
