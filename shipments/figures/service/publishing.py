"""Daily statistics: fixed once a day is over; what is counted differently later stands beside them with its reason."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
import rfc8785

from postal.db import unit_of_work
from postal.errors import NotFound
from postal.law import repository as law
from postal.law.rules import Constants
from postal.network.rules import local_day, start_of
from postal.proof import repository as proof
from shipments.figures import repository
from shipments.figures.repository import Statistic, Told
from shipments.figures.rules import Cut, Grain
from shipments.figures.rules.publication import CUTS, LATE, SOURCES, STOCKS, Published, published
from shipments.figures.service.counting import CHANGED, CLOCKS_CHANGED

DAY = timedelta(days=1)
PATIENCE = timedelta(hours=1)
"""How long after midnight a day waits for what was told of it and is not counted yet."""

AWAITED = ("dossier.changed", CLOCKS_CHANGED, CHANGED)
Tables = dict[str, dict[str, dict[str, int]]]


async def publish_days(now: datetime) -> None:
    """Fix the days that are over, and put what has changed about earlier ones beside them; for the worker."""
    async with unit_of_work():
        if not await repository.try_lock_publishing():
            return
        constants = await law.constants_at(local_day(now))
        last, yesterday = await repository.last_published(), local_day(now) - DAY
        back = yesterday - timedelta(days=constants.number("statistics.days_back") - 1)
        first = yesterday if last is None else max(last + DAY, back)
        if first > yesterday or await _must_wait(now, yesterday):
            return
        if last is not None:
            await _restate(back, last, constants, now)
        for offset in range((yesterday - first).days + 1):
            await _add(first + offset * DAY, 0, None, constants, now)
        await repository.forget_changed()


async def statistic_of(day: date, revision: int | None = None) -> tuple[Told, list[Statistic]]:
    """Give what was published about a day, the newest unless asked otherwise, and all its publications."""
    found = await repository.statistics_of(day)
    wanted = [each for each in found if revision is None or each.revision == revision]
    if not wanted:
        raise NotFound(
            "figures.day_not_published",
            vi="Chưa có số liệu công bố của ngày này; hãy chọn một ngày trong danh sách",
            en="Nothing was published about this day; choose one of the list",
        )
    newest = wanted[-1]
    return Told(statistic=newest, content=msgspec.json.decode(newest.content, type=Published)), found


async def statistics_before(day: date | None, limit: int) -> list[Statistic]:
    """List the newest publication of each day, newest first, of days before one."""
    return await repository.statistics_before(day, limit)


async def _must_wait(now: datetime, yesterday: date) -> bool:
    return now < start_of(yesterday + DAY) + PATIENCE and await repository.is_awaited(AWAITED)


async def _restate(back: date, last: date, constants: Constants, now: datetime) -> None:
    """Compare days that were published with what is counted now, from the first that changed on."""
    changed = await repository.changed_days()
    days = [day for day in changed if day <= last]
    if not days:
        return
    first = max(min(days), back)
    for offset in range((last - first).days + 1):
        day = first + offset * DAY
        earlier = await repository.statistics_of(day)
        if earlier:
            dossiers = sum(changed[each] for each in days if each <= day)
            await _add(
                day, earlier[-1].revision + 1, f"{LATE}:{dossiers}", constants, now, earlier[-1].digest
            )


async def _add(
    day: date,
    revision: int,
    reason: str | None,
    constants: Constants,
    now: datetime,
    known: str | None = None,
) -> None:
    rule = constants["statistics.min_cell"]
    shown = published(
        day,
        await _tables(day),
        least=int(rule.value),
        rule=rule.citation or "",
        rule_status=rule.status.value,
    )
    content = rfc8785.dumps(msgspec.to_builtins(shown))
    digest = hashlib.sha256(content).hexdigest()
    if digest == known:
        return
    checkpoint = await proof.newest()
    await repository.add_statistic(
        Statistic(
            day=day,
            revision=revision,
            taken_at=now,
            reason=reason,
            content=content.decode(),
            digest=digest,
            log_size=checkpoint.size if checkpoint else None,
            checkpoint=checkpoint.note if checkpoint else None,
        )
    )


async def _tables(day: date) -> Tables:
    """Sum a day, and what stood open at its end, by every published cut."""
    tables: Tables = {}
    for cut in CUTS:
        columns = tables.setdefault(cut, {})
        wanted = [measure for measures in SOURCES.values() for measure in measures]
        of_day = await repository.sums(
            cut=Cut(cut), grain=Grain.DAY, begin=day, end=day + DAY, measures=wanted
        )
        for name, measures in SOURCES.items():
            columns[name] = _summed({(each.value, each.measure): each.n for each in of_day}, measures)
        flows = await _until(Cut(cut), day)
        for name, (coming, going) in STOCKS.items():
            came, went = _summed(flows, coming), _summed(flows, going)
            columns[name] = {
                value: came.get(value, 0) - went.get(value, 0) for value in came.keys() | went.keys()
            }
    return tables


async def _until(cut: Cut, day: date) -> Mapping[tuple[str, str], int]:
    """Sum everything up to and with a day: whole months, then the days of the last one."""
    measures = sorted({measure for flows in STOCKS.values() for each in flows for measure in each})
    begin = day.replace(day=1)
    sums = {
        (value, measure): n
        for (value, _, measure), n in (
            await repository.totals(cut, Grain.MONTH, before=begin, measures=measures)
        ).items()
    }
    for each in await repository.sums(
        cut=cut, grain=Grain.DAY, begin=begin, end=day + DAY, measures=measures
    ):
        sums[each.value, each.measure] = sums.get((each.value, each.measure), 0) + each.n
    return sums


def _summed(found: Mapping[tuple[str, str], int], measures: Sequence[str]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (value, measure), n in found.items():
        if measure in measures:
            sums[value] = sums.get(value, 0) + n
    return sums
