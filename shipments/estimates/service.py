"""Estimates: made anew each day from what ended before it, and told of what still runs."""

import hashlib
from datetime import datetime, timedelta

import msgspec

from postal.calendars.repository import working_times
from postal.db import unit_of_work
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.rules import Constants
from postal.network.rules import local_day, start_of
from shipments.dossiers import repository as dossiers
from shipments.estimates import repository
from shipments.estimates.repository import Running
from shipments.estimates.rules import ANY_DAY, Estimate, Terms, by_clock, chosen, histories, wanted_keys

ROUTES_AT_ONCE = 20
MICROSECOND = timedelta(microseconds=1)


async def make(now: datetime) -> None:
    """Make the histories of today once: of what ended before it began, so that making them again gives the same.

    The worker asks again and again; whoever comes second finds them made.
    """
    day = local_day(now)
    if await repository.is_made(day):
        return
    async with unit_of_work():
        if not await repository.lock_making() or await repository.is_made(day):
            return
        terms = terms_of(await law.constants_at(day))
        end = start_of(day)
        begin = end - timedelta(days=terms.days)
        digest = hashlib.sha256()
        judged = inside = 0
        listed = await repository.routes(begin, end)
        for first in range(0, len(listed), ROUTES_AT_ONCE):
            some = listed[first : first + ROUTES_AT_ONCE]
            ended = await repository.finished(some, begin, end, terms.most)
            found = list(histories(ended, terms))
            await repository.put(found, day)
            digest.update(msgspec.json.encode(found))
            told = by_clock(found).values()
            judged += sum(each for each, _ in told)
            inside += sum(each for _, each in told)
        await repository.finish(day, digest.digest(), terms, judged, inside)


async def estimate_of(code: str, *, actor: Actor, now: datetime) -> Estimate | None:
    """Tell those who may see a dossier when its result will probably be with the citizen, by its procedure too."""
    await dossiers.get(code, actor)
    clock = await repository.running(code)
    return await told_of(clock, now, with_procedure=True) if clock else None


async def told_of(clock: Running, now: datetime, *, with_procedure: bool) -> Estimate | None:
    """Tell when a running clock will probably end; None where history is too thin, or while it waits for the citizen.

    Without the procedure the answer depends on the route and the weekday alone, so that it is fit for anybody.
    """
    if clock.route is None or clock.paused_since is not None:
        return None
    known = await repository.known(clock, with_procedure=with_procedure)
    if not known:
        return None
    time = (await working_times([clock.calendar]))[clock.calendar]
    elapsed = time.between(clock.started_at, now)
    procedure = clock.procedure if with_procedure else None
    keys = wanted_keys(clock.clock, clock.route, procedure, clock.started_at)
    if (found := chosen(keys, known, elapsed, clock.terms)) is None:
        return None
    history, (low, high) = found
    return Estimate(
        clock=clock.clock,
        low=max(now, time.due(clock.started_at, low * MICROSECOND)),
        high=time.due(clock.started_at, high * MICROSECOND),
        confidence_percent=clock.confidence_percent,
        coverage_percent=history.coverage_percent or 0,
        judged=history.judged,
        spans=len(history.spans),
        by_procedure=bool(history.key.procedure),
        by_weekday=history.key.weekday != ANY_DAY,
    )


def terms_of(constants: Constants) -> Terms:
    """Read how estimates are made on a day."""
    return Terms(
        confidence_percent=constants.number("estimate.confidence_percent"),
        least=constants.number("estimate.least"),
        most=constants.number("estimate.most"),
        days=constants.number("estimate.days"),
    )
