"""Opening, resolving and reopening discrepancies; each is a record of the ledger under the manifest's code."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from manifests.discrepancies import repository
from manifests.discrepancies.rules import (
    OPENED,
    REOPENED,
    RESOLVED,
    Discrepancy,
    Finding,
    Resolution,
    Standing,
)
from postal.calendars.repository import working_times
from postal.calendars.rules import Limit, Unit, due_of
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden
from postal.identity.rules import Actor
from postal.law.repository import constants_at
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored, record
from postal.network import repository as network
from postal.network.rules import local_day
from postal.network.service import DEFAULT_CALENDAR


async def resolve(discrepancy: UUID, resolution: Resolution, *, actor: Actor, now: datetime) -> Discrepancy:
    """Settle a discrepancy; its owner does, or either side of the manifest."""
    found = await repository.get(discrepancy, actor)
    if actor.organisation is None:
        raise Forbidden(
            "discrepancy.not_yours", vi="Chênh lệch này của đơn vị khác", en="It is for its parties to settle"
        )
    async with unit_of_work():
        await lock_codes([found.manifest])
        found = await repository.get(discrepancy, actor)
        if found.state is Standing.RESOLVED:
            raise Conflict(
                "discrepancy.resolved", vi="Chênh lệch đã được giải quyết", en="It was resolved already"
            )
        await record(
            [resolving(found, resolution, organisation=actor.organisation, person=actor.person, now=now)]
        )
        return await repository.get(discrepancy, actor)


async def opening(
    manifest: str,
    findings: Iterable[Finding],
    *,
    organisation: str | None,
    person: str | None,
    now: datetime,
    earlier: dict[str, Discrepancy] | None = None,
) -> list[Row]:
    """Build the rows that open discrepancies; the caller records them in its unit of work.

    A piece with an `earlier`, resolved one has that one reopened. The deadline is in working time of who must answer.
    """
    found = list(findings)
    deadlines = await _deadlines({finding.owner for finding in found}, now)
    rows = []
    for finding in found:
        before = (earlier or {}).get(finding.piece)
        body: dict[str, Any] = {
            "piece": finding.piece,
            "class": finding.line_class,
            "owner": finding.owner,
            "deadline": canonical_instant(deadlines[finding.owner]),
        }
        if finding.reason:
            body["reason"] = finding.reason
        if before is not None:
            body["discrepancy"] = str(before.id)
        rows.append(_row(OPENED if before is None else REOPENED, manifest, body, organisation, person, now))
    return rows


def resolving(
    discrepancy: Discrepancy,
    resolution: Resolution,
    *,
    organisation: str | None,
    person: str | None,
    now: datetime,
    by_row: UUID | None = None,
) -> Row:
    """Build the row that settles a discrepancy; `by_row` is the scan that settled it by itself."""
    body = {"discrepancy": str(discrepancy.id), "resolution": resolution.value}
    if by_row is not None:
        body["row"] = str(by_row)
    return _row(RESOLVED, discrepancy.manifest, body, organisation, person, now)


async def _deadlines(owners: set[str], now: datetime) -> dict[str, datetime]:
    if not owners:
        return {}
    days = (await constants_at(local_day(now))).number("discrepancy.deadline_days")
    known = await network.find_many(owners)
    calendars = {owner: known[owner].calendar if owner in known else DEFAULT_CALENDAR for owner in owners}
    times = await working_times({*calendars.values(), DEFAULT_CALENDAR})
    limit = Limit(days, Unit.WORKING_DAYS)
    return {
        owner: due_of(times.get(calendar) or times[DEFAULT_CALENDAR], now, limit)
        for owner, calendar in calendars.items()
    }


def _row(
    kind: str,
    manifest: str,
    body: dict[str, Any],
    organisation: str | None,
    person: str | None,
    now: datetime,
) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=manifest,
        occurred_at=now,
        now=now,
        actor_organisation=organisation,
        person=person,
        body=body,
    )
