"""Answering citizens: openly by the code, more fully with the end of the phone number."""

import hmac
from datetime import datetime

from msgspec.structs import replace

from postal.audit import looks
from postal.db import unit_of_work
from postal.errors import NotFound, Unprocessable
from postal.identifiers import new_id
from postal.network import repository as network
from postal.network.rules import Organisation, local_day
from shipments.custody.projection import history
from shipments.dossiers import repository as dossiers
from shipments.dossiers.projection import events
from shipments.dossiers.rules import last4
from shipments.estimates.rules import Estimate
from shipments.estimates.service import told_of
from shipments.pieces.rules import Refusal, normalise, result_code
from shipments.tracking import repository, sentences
from shipments.tracking.repository import Found, Held, PartyFacts
from shipments.tracking.rules import (
    ATTEMPTS,
    LOCKED_FOR,
    POST_KINDS,
    Entry,
    Tracked,
    Unlocked,
    Whereabouts,
    answer_for_case,
    answer_for_item,
    holder_kind,
    masked,
)


def not_found() -> NotFound:
    """Build the one answer to an unknown code, a wrong second factor and a locked code."""
    return NotFound(
        "track.not_found",
        vi="Không tìm thấy mã này, hoặc số xác nhận không đúng. Hãy kiểm tra lại trên phiếu gửi.",
        en="There is no such code, or the digits do not match. Please check the posting slip.",
    )


def readable(raw: str) -> str:
    """Give the code, or raise what is wrong with its writing; candidates are never offered to strangers."""
    code = normalise(raw)
    if isinstance(code, Refusal):
        raise Unprocessable(
            "track.code_unreadable",
            vi=f"{code.vi}. {code.help_vi}",
            en=f"{code.en}. {code.help_en}",
            pointer="/code",
            reason=code.reason,
        )
    return code


async def track(raw: str, now: datetime) -> Tracked:
    """Answer anonymously: stage, sentence, holder's kind, due date, age of the data."""
    code = readable(raw)
    found = await repository.find(code, local_day(now))
    if found is None:
        raise not_found()
    return replace(_tracked(code, found, now), estimate=await _estimated(found, now))


async def unlock(raw: str, digits: str, now: datetime) -> Unlocked:
    """Answer more fully to whoever knows the end of the phone number; five failures lock a code for a day.

    An unknown code, wrong digits and a locked code take the same statements and give the same answer.
    """
    tracked, dossier = await opened(raw, digits, now)
    return await _in_full(tracked, dossier)


async def told_in_full(dossier: str, now: datetime) -> Unlocked:
    """Answer about a dossier to whoever proved by its slip that it may be told."""
    found = await repository.find(dossier, local_day(now), proved=True)
    if found is None:
        raise not_found()
    tracked = replace(_tracked(dossier, found, now), estimate=await _estimated(found, now))
    return await _in_full(tracked, found.dossier)


async def _in_full(tracked: Tracked, dossier: str | None) -> Unlocked:
    applicant = await dossiers.find_applicant(dossier) if dossier else None
    if dossier and applicant:
        # A citizen reads the own; somebody of ours who opens this page reads another's, masked as it is.
        looks.note([dossier], ["name"])
    return Unlocked(
        tracked=tracked,
        name=masked(applicant.name) if applicant else None,
        entries=await _timeline(tracked.code, dossier),
    )


async def opened(raw: str, digits: str, now: datetime) -> tuple[Tracked, str | None]:
    """Check the second factor of a code; give the anonymous answer and the dossier that it stands for, if one alone."""
    code = readable(raw)
    async with unit_of_work():
        expected = [end for phone in await repository.phones(code) if (end := last4(phone))]
        failed = await repository.failures_since(code, now - LOCKED_FOR)
        matches = [hmac.compare_digest(end, digits) for end in (*expected, "none")]
        opened = any(matches) and failed < ATTEMPTS
        if not opened:
            await repository.note_failure(new_id(now), code, now, counted=failed < ATTEMPTS)
    if not opened:
        raise not_found()
    found = await repository.find(code, local_day(now), proved=True)
    if found is None:
        raise not_found()
    return _tracked(code, found, now), found.dossier


async def _estimated(found: Found, now: datetime) -> Estimate | None:
    """Estimate the arrival by route and weekday alone: by procedure it could tell the kind of case."""
    if found.running is None:
        return None
    return await told_of(found.running, now, with_procedure=False)


def _tracked(code: str, found: Found, now: datetime) -> Tracked:
    facts = found.parties
    if found.case is not None:
        way_in = _whereabouts(found.way_in, found.office, facts)
        way_home = _whereabouts(found.way_home, None, facts)
        answer = answer_for_case(found.case, way_in, way_home, now)
        held = found.way_home or found.way_in
    else:
        own = _whereabouts(found.own, found.origin, facts)
        if own is None:
            raise not_found()
        answer = answer_for_item(own, outbound=found.outbound)
        held = found.own
    synced = [facts[party].synced_at for party in (held.claims if held else ()) if party in facts]
    ages = [at for at in (*synced, answer.updated_at) if at is not None]
    return Tracked(code=code, answer=answer, data_as_of=max(ages, default=None))


def _whereabouts(held: Held | None, origin: str | None, facts: dict[str, PartyFacts]) -> Whereabouts | None:
    if held is None:
        return None
    holder = held.claims[0] if len(held.claims) == 1 else None
    known = facts.get(holder) if holder else None
    return Whereabouts(
        phase=held.phase,
        holder=holder_kind(holder, known.kind if known else None),
        at_origin=holder is not None and holder == origin,
        contested=len(held.claims) > 1,
        undecided=held.undecided,
        attempts=held.attempts,
        last_at=held.last_at,
        province=known.province if known else None,
    )


async def _timeline(code: str, dossier: str | None) -> tuple[Entry, ...]:
    """Merge what hands did to the papers with what the agency stated, newest first."""
    codes = [dossier, result_code(dossier)] if dossier else [code]
    histories = [custody for piece in codes if (custody := await history(piece)) is not None]
    steps = [step for custody in histories for step in custody.steps]
    named = {party for step in steps for party in (step.organisation, *step.claims) if party}
    known = await network.find_many(named)
    entries = {
        step.row: _entry(step.at, step.kind, step.claims, step.organisation, known)
        for step in steps
        if step.kind in sentences.STEPS
    }
    if dossier:
        entries |= {
            event.id: Entry(at=event.at, words=sentences.STEPS[event.kind.value], holder=None, place=None)
            for event in await events(dossier)
            if event.kind.value in sentences.STEPS
        }
    ordered = sorted(entries.items(), key=lambda item: (item[1].at, item[0]), reverse=True)
    return tuple(entry for _, entry in ordered)


def _entry(
    at: datetime,
    kind: str,
    claims: tuple[str, ...],
    organisation: str | None,
    known: dict[str, Organisation],
) -> Entry:
    holder = claims[0] if len(claims) == 1 else None
    holding = known.get(holder) if holder else None
    acting = known.get(organisation) if organisation else None
    return Entry(
        at=at,
        words=sentences.STEPS[kind],
        holder=holder_kind(holder, holding.kind.value if holding else None),
        place=acting.name if acting and acting.kind.value in POST_KINDS else None,
    )
