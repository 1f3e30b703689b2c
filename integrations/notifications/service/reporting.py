"""What became of notices after they were given over, what is stuck, and trying again what failed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from msgspec import Struct

from integrations.notifications import repository
from integrations.notifications.rules import (
    Channel,
    Listed,
    Reported,
    Way,
    bounces_of,
    due_after,
    is_stale,
    reason_of,
)
from integrations.signing.rules import verified
from postal.audit import service as audit
from postal.config import Settings, held
from postal.db import unit_of_work
from postal.errors import Conflict, NotFound, Unauthenticated
from postal.identifiers import new_id
from postal.identity.rules import Actor, Role

SHOWN = 100
FAILED_IN = timedelta(days=7)

log = structlog.get_logger("integrations.notifications")


class Overview(Struct, frozen=True, kw_only=True):
    """What did not arrive, of what the caller sees, and how it goes with each way."""

    notices: list[Listed]
    failed: int
    ways: list[Way]


def authenticate(
    settings: Settings, actor: Actor, headers: Mapping[str, str], body: bytes, now: datetime
) -> None:
    """Raise unless a report is the gateway's: signed about now, or called with a key of the operator for programs."""
    secret = settings.notices.report_secret
    if Role.SYSTEM in actor.roles and actor.national:
        return
    if secret is None or not verified([secret], headers, body, now):
        raise Unauthenticated(
            "notice.report_not_signed",
            vi="Báo cáo này không có chữ ký đúng của cổng tin nhắn; hãy ký bằng khóa đã đặt, đồng hồ lệch dưới 5 phút",
            en="This report lacks the gateway's signature; sign with the secret that was set, clock within 5 minutes",
        )


async def report(
    notice: UUID, reported: Reported, reason: str | None, at: datetime | None, now: datetime
) -> tuple[str, bool]:
    """Note what a gateway says of a notice; the same again changes nothing. Gives its state, and whether it is new."""
    async with unit_of_work():
        noted = await repository.report(notice, reported, reason_of(reason), at, now)
    if noted is None:
        raise NotFound(
            "notice.unknown",
            vi="Không có tin báo nào mang mã này",
            en="There is no notice of this id",
        )
    log.info(
        "notice reported", notice=str(notice), reported=reported.value, reason=reason_of(reason), new=noted[1]
    )
    return noted


async def bounce(raw: bytes, now: datetime) -> list[tuple[UUID, str]]:
    """Note what a message that came back says; gives the notices that it is about with their states."""
    told = []
    for each in bounces_of(raw):
        if each.state is None:
            told.append((each.notice, "unchanged"))
            continue
        try:
            state, _ = await report(each.notice, each.state, each.reason, None, now)
        except NotFound:
            # Of another installation, or forgotten: no fault of the mail server that calls.
            state = "unknown"
        told.append((each.notice, state))
    return told


async def overview(actor: Actor, now: datetime) -> Overview:
    """Load what the page of failures shows."""
    return Overview(
        notices=await repository.listed(actor=actor, failed=True, limit=SHOWN),
        failed=await repository.failing(actor, now - FAILED_IN),
        ways=await repository.ways(now),
    )


async def again(notice: UUID, *, actor: Actor, now: datetime) -> None:
    """Tell a failed notice once more, because a person says so; at night it waits until the morning.

    It is a notice of its own, since a gateway knows one that it was given again by its id and sends nothing.
    """
    quiet = held().notices
    async with unit_of_work():
        due = due_after(now, Channel.EMAIL, quiet.quiet_from, quiet.quiet_until)
        found = await repository.release(notice, new_id(now), now, due, actor)
        if found is None:
            raise NotFound(
                "notice.not_failed",
                vi="Không có tin không gửi được nào như vậy, hoặc người nhận đã thôi nhận tin",
                en="There is no such failed notice, or its receiver ended the notices",
            )
        dossier, kind, at = found
        if is_stale(kind, at, now):
            raise Conflict(
                "notice.stale",
                vi="Tin này đã quá cũ, gửi lại không còn ích gì; hãy gọi điện cho người dân",
                en="This news is too old to be sent again; call the citizen instead",
            )
        await audit.record(
            now=now,
            actor=actor.id,
            organisation=actor.organisation,
            action="notice.tried_again",
            subject=dossier,
            detail={"notice": str(notice), "kind": kind},
        )
