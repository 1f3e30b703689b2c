"""Giving over what is due: claimed and counted first, then carried with no transaction open, then noted.

A worker that is killed in between leaves a try without an end. It is tried again after its lease, and the row of the
first try says that nobody knows: at least once, told honestly, and the same bytes each time.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from integrations.notifications import repository
from integrations.notifications.rules import (
    AGES,
    OLDEST,
    Channel,
    Due,
    Given,
    Kind,
    Outcome,
    Text,
    next_try,
    short_of,
    staff_text_of,
    text_of,
)
from integrations.notifications.service.carriers import Letter, carrier_of
from integrations.notifications.service.setup import opened, token_of
from postal import clock
from postal.config import Settings, held
from postal.db import unit_of_work
from postal.files.cipher import DamagedError
from shipments.dossiers import repository as dossiers

AT_ONCE = 8
LEASE = timedelta(seconds=60)

log = structlog.get_logger("integrations.notifications")


async def deliver_due(now: datetime) -> int:
    """Carry what is due; gives how many tries were made."""
    settings = held()
    made = 0
    async with unit_of_work():
        await repository.expire(now, AGES, OLDEST)
    while True:
        machine = clock.machine_now()
        async with unit_of_work():
            claimed = await repository.claim(now, machine, machine + LEASE, AT_ONCE)
        await asyncio.gather(*(_deliver(due, settings, now) for due in claimed))
        made += len(claimed)
        if len(claimed) < AT_ONCE:
            return made


async def _deliver(due: Due, settings: Settings, now: datetime) -> None:
    given = await _carried(due, settings, now)
    again = None
    if given.outcome in {Outcome.LATER, Outcome.UNKNOWN}:
        again = next_try(now, due.attempts, given.retry_after)
    async with unit_of_work():
        await repository.finish(due.notice.id, due.attempts, given, now, again)
    log.info(
        "notice tried",
        notice=str(due.notice.id),
        channel=due.subscription.channel.value,
        outcome=given.outcome.value,
        answer=given.answer,
        attempt=due.attempts,
    )


async def _carried(due: Due, settings: Settings, now: datetime) -> Given:
    carrier = carrier_of(due.subscription.channel, settings)
    letter = await _letter(due, settings, now)
    if carrier is None or letter is None:
        return Given(outcome=Outcome.REFUSED, answer="not_set_up" if carrier is None else "no_address")
    return await carrier.carry(letter)


async def _letter(due: Due, settings: Settings, now: datetime) -> Letter | None:
    subscription, notice = due.subscription, due.notice
    try:
        kept = msgspec.json.decode(opened(settings, subscription.id, due.sealed)) if due.sealed else {}
    except DamagedError:
        kept = {}
    address = kept.get("address")
    if subscription.channel in {Channel.SMS, Channel.ZALO}:
        applicant = await dossiers.find_applicant(subscription.dossier)
        address = applicant.phone if applicant else None
    if not address:
        return None
    leave = f"{settings.web.public_url or ''}/n/{token_of(settings, subscription.id)}"
    return Letter(
        id=str(notice.id),
        kind=notice.kind,
        dossier=subscription.dossier,
        language=subscription.language,
        at=notice.at,
        made_at=notice.made_at,
        tried_at=now,
        text=_text(due, settings, leave),
        short="" if not subscription.dossier else short_of(Kind(notice.kind), *_about(due)),
        filled={name: str(value) for name, value in notice.facts.items() if isinstance(value, str)},
        address=address,
        secret=kept.get("secret"),
        leave=leave,
    )


def _text(due: Due, settings: Settings, leave: str) -> Text:
    base, kind = settings.web.public_url or "", Kind(due.notice.kind)
    if not due.subscription.dossier:
        return staff_text_of(kind, due.subscription.language, due.notice.facts, f"{base}/home", leave)
    language, dossier, facts = _about(due)
    return text_of(kind, language, dossier, facts, f"{base}/t/{dossier}", leave)


def _about(due: Due) -> tuple[str, str, dict[str, Any]]:
    return due.subscription.language, due.subscription.dossier, due.notice.facts
