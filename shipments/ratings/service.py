"""Taking ratings from whoever has the second factor, and telling scores.

Who rates proves what only the recipient has: the end of the phone number, as for the full timeline of tracking. A link
printed on the slip would pass through the hands of the very courier who is rated.
"""

import secrets
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from postal.db import unit_of_work
from postal.errors import Conflict
from postal.identifiers import new_id
from postal.identity.rules import Actor, Role
from postal.instants import Instant
from postal.law import repository as law
from postal.ledger.repository import lock_codes, rows_of
from postal.ledger.rules import Stream, commitment
from postal.ledger.service import authored, record
from postal.network.rules import local_day
from shipments.custody.projection import history
from shipments.dossiers import repository as dossiers
from shipments.dossiers.rules import CaseKind, Dossier
from shipments.pieces.rules import result_code
from shipments.ratings import repository
from shipments.ratings.repository import By
from shipments.ratings.rules import (
    GIVEN,
    Rating,
    Score,
    Served,
    Tally,
    Target,
    Version,
    body_of,
    refuse_replacing,
    replaceable_until,
    tally,
    versions_of,
    worst_first,
)
from shipments.tracking import service as tracking

SALT_BYTES = 16
READS_NOTES = frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL})


class Answer(Struct, frozen=True, kw_only=True):
    """One person's rating: the score, the attitude of the staff, and a note, the latter two if they were given."""

    score: Score
    attitude: Score | None = None
    note: str | None = None


class Given(Struct, frozen=True, kw_only=True):
    """What a person is told of the rating that stands."""

    dossier: str
    score: Score
    attitude: Score | None
    given_at: Instant
    replaceable_until: Instant


class Reading(Struct, frozen=True, kw_only=True):
    """A rating as its parties read it: with those before it, and the notes for who answers for the service."""

    rating: Rating
    versions: list[Version]
    notes: dict[UUID, str] | None


class Scores(Struct, frozen=True, kw_only=True):
    """Scores of several parties, the worst first, and the target by which they are judged."""

    by: By
    target: Target | None
    tallies: list[Tally]


async def rate(raw: str, digits: str, answer: Answer, now: datetime) -> Given:
    """Take the rating of a dossier that was delivered; a later one replaces it within the window.

    An unknown code, wrong digits, a locked code and somebody else's dossier get one answer, that of tracking.
    """
    tracked, dossier = await tracking.opened(raw, digits, now)
    if dossier is None:
        raise Conflict(
            "rating.several",
            vi="Bưu gửi này gồm hồ sơ của nhiều người; hãy nhập mã hồ sơ của bạn",
            en="This item carries papers of several people; enter the code of your own dossier",
        )
    if not tracked.answer.finished:
        raise Conflict(
            "rating.not_delivered",
            vi="Hồ sơ chưa được trả; mời đánh giá sau khi nhận kết quả",
            en="The dossier has not come home yet; please rate it when you have got the result",
        )
    days = (await law.constants_at(local_day(now))).number("rating.replace_days")
    async with unit_of_work():
        await lock_codes([dossier])
        standing = await repository.find(dossier)
        if standing is None or not await _same(standing, answer):
            if standing is not None:
                refuse_replacing(standing.first_at, days, now)
            await _record(dossier, answer, now)
            standing = await repository.find(dossier)
    if standing is None:
        raise RuntimeError("a rating that was recorded stands")
    return Given(
        dossier=dossier,
        score=standing.score,
        attitude=standing.attitude,
        given_at=standing.given_at,
        replaceable_until=replaceable_until(standing.first_at, days),
    )


async def read(code: str, actor: Actor) -> Reading:
    """Read a rating with those that it replaced."""
    rating = await repository.get(code, actor)
    versions = versions_of(await repository.rows_about(code))
    notes = None
    if READS_NOTES & actor.roles:
        kept = await repository.notes_of([version.row_id for version in versions])
        notes = {row: each.note for row, each in kept.items() if each.note is not None}
    return Reading(rating=rating, versions=versions, notes=notes)


async def scores(
    by: By, begin: datetime | None, end: datetime | None, *, actor: Actor, now: datetime
) -> Scores:
    """Give the scores of the actor's parties, judged by the target that is in force."""
    target = await target_on(now)
    counted = await repository.counts(actor, by, begin, end)
    tallies = [tally(key, organisation, each, target) for (key, organisation), each in counted.items()]
    return Scores(by=by, target=target, tallies=worst_first(tallies))


async def target_on(now: datetime) -> Target | None:
    """Give the target in force."""
    found = (await law.constants_at(local_day(now))).find("satisfaction.target_percent")
    return Target(int(found.value), found.citation, found.status.value) if found else None


async def _same(standing: Rating, answer: Answer) -> bool:
    if (standing.score, standing.attitude) != (answer.score, answer.attitude):
        return False
    kept = (await repository.notes_of([standing.row_id])).get(standing.row_id)
    return (kept.note if kept else None) == answer.note


async def _record(dossier: str, answer: Answer, now: datetime) -> None:
    found = (await dossiers.find_many([dossier]))[dossier]
    served = await _served(found)
    row_id, salt = new_id(now), secrets.token_bytes(SALT_BYTES)
    committed = commitment(salt, answer.note) if answer.note else None
    if answer.note:
        await repository.add_note(row_id, dossier, answer.note, salt, now)
    body = body_of(answer.score, answer.attitude, committed, served, served.delivered_at)
    row = authored(
        id=row_id,
        stream=Stream.RECORD,
        kind=GIVEN,
        code=dossier,
        occurred_at=now,
        now=now,
        actor_organisation=None,
        body=body,
    )
    await record([row])


async def _served(dossier: Dossier) -> Served:
    """Tell who served: who delivered the result, and who stated that the case was completed."""
    custody = await history(result_code(dossier.code))
    handed = [step for step in custody.steps if step.kind == "deliver"] if custody else []
    rows = (await rows_of([dossier.code]))[dossier.code].rows
    completed = [row for row in rows if row.content.kind == CaseKind.COMPLETED.value]
    last = max(completed, key=lambda row: (row.corrected_at, row.content.id), default=None)
    return Served(
        authority=dossier.authority,
        desk=dossier.desk,
        office=dossier.office,
        deliverer=handed[-1].organisation if handed else None,
        courier=handed[-1].person if handed else None,
        officer=last.content.person if last else None,
        procedure=dossier.procedure,
        delivered_at=handed[-1].at if handed else dossier.ended_at,
    )
