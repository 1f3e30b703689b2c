"""The records of cases: each is a row of the ledger under the manifest's code, recorded by whoever asked for it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from manifests.discrepancies.rules import OPENED, REOPENED, RESOLVED, Discrepancy, Finding, ends_in_loss
from postal.calendars.repository import working_times
from postal.calendars.rules import Limit, Unit, due_of
from postal.law.repository import constants_at
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored
from postal.network import repository as network
from postal.network.rules import local_day
from postal.network.service import DEFAULT_CALENDAR
from shipments.custody.rules import LOSS_WITHDRAWN


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
        if finding.row is not None:
            body["row"] = str(finding.row)
        if before is not None:
            body["discrepancy"] = str(before.id)
        rows.append(_row(OPENED if before is None else REOPENED, manifest, body, organisation, person, now))
        if before is not None and ends_in_loss(before.line_class, before.resolution):
            rows.append(loss(LOSS_WITHDRAWN, before, organisation=organisation, person=person, now=now))
    return rows


def resolving(
    case: Discrepancy,
    resolution: str,
    *,
    organisation: str | None,
    person: str | None,
    now: datetime,
    by_row: UUID | None = None,
    swap: UUID | None = None,
) -> Row:
    """Build the row that settles a case; `by_row` is the scan that settled it by itself, `swap` what it was part of."""
    body = {"resolution": resolution}
    if by_row is not None:
        body["row"] = str(by_row)
    if swap is not None:
        body["swap"] = str(swap)
    return telling(RESOLVED, case, body, organisation=organisation, person=person, now=now)


def telling(
    kind: str,
    case: Discrepancy,
    body: dict[str, Any],
    *,
    organisation: str | None,
    person: str | None,
    now: datetime,
    id: UUID | None = None,  # noqa: A002 - the name of the field
) -> Row:
    """Build a row that says something of a case."""
    return _row(kind, case.manifest, {"discrepancy": str(case.id), **body}, organisation, person, now, id)


def loss(kind: str, case: Discrepancy, *, organisation: str | None, person: str | None, now: datetime) -> Row:
    """Build the row by which custody learns that a case ended in a loss, or that it did not."""
    body = {"discrepancy": str(case.id), "manifest": case.manifest}
    return _row(kind, case.piece, body, organisation, person, now)


async def deadline_of(owner: str, now: datetime) -> datetime:
    """Say until when an organisation must answer that is asked now, in its own working time."""
    return (await _deadlines({owner}, now))[owner]


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
    id_: UUID | None = None,
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
        id=id_,
    )
