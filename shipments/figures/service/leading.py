"""What a leader reads of the own dossiers, from sums alone: a fixed number of statements at any number of dossiers."""

from collections.abc import Mapping
from datetime import date, datetime

from postal.errors import Unprocessable
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.network import repository as network
from postal.network.rules import Kind, Organisation, local_day
from shipments.figures import repository
from shipments.figures.repository import Behind, Wanted
from shipments.figures.rules import CLOCKS, DONE, VERDICTS, Amount, Channel, Rate, worst_first
from shipments.figures.rules.leader import (
    BEHIND,
    UNLESS,
    Asked,
    By,
    Group,
    HolderTime,
    Leading,
    Month,
    Which,
)
from shipments.figures.rules.summary import (
    MEASURES,
    OF_GROUPS,
    Counts,
    Scope,
    Side,
    clock_summary,
    months_between,
    months_of,
    saved,
)

POST_KINDS = frozenset({Kind.POST_OFFICE, Kind.HUB, Kind.CARRIER})
SHOWN_HOLDERS = 10
RECEIVED_AND_DONE = ("received", *DONE)
PAST_DUE = ("past_due", "past_due_done")


async def lead(actor: Actor, *, begin: date | None, end: date | None, by: By, now: datetime) -> Leading:
    """Read what the actor answers for: inspectors everything, others what goes through their organisation."""
    first, following = months_between(begin, end, local_day(now))
    scope = await scope_of(actor)
    values = scope.values if scope.side != "all" else None
    months = await _months(scope, first, following)
    total = _together([month.counts for month in months])
    spreads = await repository.spreads(scope.cut, values, first, following, CLOCKS)
    stock = await repository.stock(scope.cut, values, following, RECEIVED_AND_DONE)
    due = await repository.stock(scope.cut, values, _over(following, now), PAST_DUE)
    constants = await law.constants_at(local_day(now))
    reduction = constants.find("lead_time.reduction_percent")
    return Leading(
        begin=first,
        end=following,
        scope=scope,
        by=by,
        total=total,
        open=stock.get("received", 0) - sum(stock.get(measure, 0) for measure in DONE),
        overdue=due.get("past_due", 0) - due.get("past_due_done", 0),
        months=months,
        groups=await _groups(scope, by, first, following),
        clocks=[clock_summary(clock, total, spreads[clock]) for clock in CLOCKS],
        holders=await _holders(scope, first, following),
        saved=saved(
            total,
            constants.number("saving.trips_per_direction"),
            constants.number("saving.trip_minutes"),
            constants.number("saving.trip_cost"),
        ),
        target=int(reduction.value) if reduction else None,
    )


async def scope_of(actor: Actor) -> Scope:
    """Give whose dossiers an actor reads figures of.

    One side alone, so that no dossier counts twice: each has one authority, one desk and at most one office.
    """
    if actor.reads_everything:
        return Scope("all")
    own = (
        (await network.find_many([actor.organisation])).get(actor.organisation)
        if actor.organisation
        else None
    )
    side = _side(own)
    return Scope(side, tuple(sorted(actor.sees)))


async def dossiers_behind(
    actor: Actor, asked: Asked, after: tuple[date, str, str, int] | None, limit: int, now: datetime
) -> list[Behind]:
    """List the dossiers that a figure counts and that the actor may see, newest first."""
    first, following = months_between(asked.begin, asked.end, local_day(now))
    desks = None
    if asked.commune is not None:
        listed = await network.list_organisations(
            network.Filter(unit=asked.commune, kind=Kind.DESK.value), None, 1_000
        )
        desks = tuple(each.code for each in listed)
    wanted = Wanted(
        measures=BEHIND.get(asked.which, (asked.which.value,)),
        # What is open at the end may have come in long before the period.
        begin=date(1990, 1, 1) if asked.which in UNLESS else first,
        end=_over(following, now) if asked.which is Which.OVERDUE else following,
        unless=UNLESS.get(asked.which),
        authority=asked.authority,
        desk=asked.desk,
        office=asked.office,
        procedure=asked.procedure,
        channel=asked.channel,
        holder=asked.holder,
        desks=desks,
    )
    return await repository.behind(actor, wanted, after, limit)


def _over(following: date, now: datetime) -> date:
    """Give the day before which days are over: what is due today or later is not overdue, whatever its month."""
    return min(following, local_day(now))


def _side(organisation: Organisation | None) -> Side:
    if organisation is not None and organisation.kind in POST_KINDS:
        return "office"
    return "desk" if organisation is not None and organisation.kind is Kind.DESK else "authority"


async def _months(scope: Scope, begin: date, end: date) -> list[Month]:
    values = scope.values if scope.side != "all" else None
    found = await repository.trend(scope.cut, values, begin, end, MEASURES)
    channel = scope.by("channel")
    by_post = (
        await repository.trend(channel, values, begin, end, ["received"], Channel.POST) if channel else {}
    )
    return [
        Month(month, Counts(found.get(month, {}), by_post.get(month, {}).get("received", Amount()).n))
        for month in months_of(begin, end)
    ]


async def _groups(scope: Scope, by: By, begin: date, end: date) -> list[Group]:
    """Compare by one dimension, surely worst first; a commune is the sum of its desks."""
    dimension = "desk" if by is By.COMMUNE else by.value
    cut = scope.by(dimension)
    if cut is None:
        raise Unprocessable(
            "figures.comparison",
            vi="Không có số liệu so sánh theo cách này cho đơn vị của bạn; hãy chọn cách khác",
            en="Nothing is compared like this for your organisation; choose another way",
            pointer="/query/by",
        )
    values = scope.values if scope.side != "all" else None
    found = await repository.grouped(cut, values, begin, end, OF_GROUPS, by_second="+" in cut)
    channel = Scope("all").by(f"{dimension}+channel") if scope.side in ("all", dimension) else None
    by_post = (
        await repository.grouped(
            channel, values, begin, end, ["received"], by_second=False, second=Channel.POST
        )
        if channel
        else {}
    )
    groups = {
        value: Counts(amounts, by_post.get(value, {}).get("received", Amount()).n)
        for value, amounts in found.items()
    }
    if by is By.COMMUNE:
        groups = await _by_commune(groups)
    rated = [
        (Group(value=value, counts=counts, has_channel=channel is not None), _rate(by, counts))
        for value, counts in sorted(groups.items())
    ]
    return [group for group, _ in worst_first(rated)]


def _rate(by: By, counts: Counts) -> Rate:
    return counts.in_transit if by is By.OFFICE else counts.on_time


async def _by_commune(desks: Mapping[str, Counts]) -> dict[str, Counts]:
    units = {code: each.unit_code or "" for code, each in (await network.find_many(desks)).items()}
    groups: dict[str, list[Counts]] = {}
    for desk, counts in desks.items():
        groups.setdefault(units.get(desk, ""), []).append(counts)
    return {unit: _together(listed) for unit, listed in groups.items()}


async def _holders(scope: Scope, begin: date, end: date) -> list[HolderTime]:
    cut = scope.by("holder")
    if cut is None:
        return []
    values = scope.values if scope.side != "all" else None
    steps = [f"C4.{verdict}" for verdict in VERDICTS]
    found = await repository.grouped(cut, values, begin, end, steps, by_second="+" in cut)
    times = [
        HolderTime(holder, sum(amounts.values(), start=Amount()), Counts(amounts).in_time("C4"))
        for holder, amounts in found.items()
    ]
    return sorted(times, key=lambda each: (-each.amount.working_ms, each.holder))[:SHOWN_HOLDERS]


def _together(listed: list[Counts]) -> Counts:
    amounts: dict[str, Amount] = {}
    for counts in listed:
        for measure, amount in counts.amounts.items():
            amounts[measure] = amounts.get(measure, Amount()) + amount
    return Counts(amounts, sum(counts.posted for counts in listed))
