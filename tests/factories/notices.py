"""A notice that did not arrive, of somebody who asked to be told of a dossier."""

from integrations.notifications import repository
from integrations.notifications.rules import Channel, Kind, Notice, Reported, Subscription
from postal.db import unit_of_work
from postal.identifiers import new_id


async def failed_notice(dossier, now):
    """Store it, and give its id."""
    asked = Subscription(
        id=new_id(now),
        dossier=dossier,
        channel=Channel.SMS,
        language="vi",
        state="active",
        made_at=now,
        confirmed_at=now,
    )
    notice = Notice(
        id=new_id(now),
        subscription=asked.id,
        fact="result",
        kind=Kind.RESULT,
        facts={},
        at=now,
        made_at=now,
        due_at=now,
    )
    async with unit_of_work():
        await repository.add(asked, asked.id.bytes, asked.id.bytes, b"sealed")
        await repository.add_notices([notice])
        await repository.report(notice.id, Reported.FAILED, "blocked", None, now)
    return str(notice.id)
