"""Derivations checked by a walker that knows nothing of prefix sums: a day, its hours, the next day."""

from datetime import date, datetime, timedelta, timezone

from hypothesis import assume, given
from hypothesis import strategies as st

from postal.calendars.rules import Unit
from postal.law.rules import Reading, Zone
from shipments.clocks.rules import ClockName, compute, derive, told
from shipments.clocks.rules.due import DueKind
from tests.factories.calendars import administrative
from tests.factories.law import procedure, standard, terms
from tests.property.test_clocks import dossiers, moments

VIETNAM = timezone(timedelta(hours=7))
DAY = timedelta(days=1)
CALENDAR = administrative().calendar
SPECIAL = {rule.day: rule for rule in CALENDAR.days}
USUAL = (("07:30", "11:30"), ("13:30", "17:00"))


def hours(day: date) -> list[tuple[datetime, datetime]]:
    """The opening hours of a day, as they hang on the door."""
    rule = SPECIAL.get(day)
    weekday = day.weekday() if rule is None or rule.as_weekday is None else rule.as_weekday
    if (rule is not None and not rule.works) or weekday > 4:
        return []
    return [
        tuple(datetime.fromisoformat(f"{day} {at}").replace(tzinfo=VIETNAM) for at in span) for span in USUAL
    ]


def local(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()


def worked(begin: datetime, end: datetime, day: date) -> timedelta:
    """How much of a span lies within the hours of one day."""
    parts = [min(end, closes) - max(begin, opens) for opens, closes in hours(day)]
    return sum((part for part in parts if part > timedelta(0)), timedelta(0))


def worked_in(begin: datetime, end: datetime) -> timedelta:
    total, day = timedelta(0), local(begin)
    while day <= local(end):
        total, day = total + worked(begin, end, day), day + DAY
    return total


def next_open(day: date) -> date:
    while not hours(day):
        day += DAY
    return day


def after(begin: datetime, left: timedelta) -> datetime:
    """Walk on until so much has been worked."""
    day = local(begin)
    while True:
        for opens, closes in hours(day):
            start = max(opens, begin)
            if start < closes and left <= closes - start:
                return start + left
            left -= max(closes - start, timedelta(0))
        day += DAY


def nth_working_day(day: date, count: int) -> date:
    if count == 0:
        return next_open(day)
    while count:
        day += DAY
        count -= bool(hours(day))
    return day


def month_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def plain_due(rule, begin: datetime) -> datetime:
    """The due instant by the words of the rule."""
    if rule.kind in (DueKind.FIXED, DueKind.PROMISE):
        return rule.printed
    day = local(begin)
    if rule.kind is DueKind.SAME_DAY:
        if not hours(day):
            return hours(nth_working_day(day, 1))[-1][1]
        if begin.astimezone(VIETNAM).hour < rule.cutoff_hour:
            return hours(day)[-1][1]
        return after(hours(nth_working_day(day, 1))[0][0], timedelta(minutes=rule.grace_minutes))
    if rule.kind is DueKind.AS_LONG:
        return after(begin, worked_in(rule.from_promise, rule.printed))
    if rule.kind is DueKind.TRANSIT:
        end = nth_working_day(day, rule.limit.value) + DAY
        return datetime(end.year, end.month, end.day, tzinfo=VIETNAM) - timedelta(microseconds=1)
    return limited(rule, begin, day)


def limited(rule, begin: datetime, day: date) -> datetime:
    count = rule.limit.value
    if rule.limit.unit is Unit.HOURS:
        return begin + timedelta(hours=count)
    if rule.limit.unit is Unit.WORKING_HOURS:
        return after(begin, timedelta(hours=count))
    last = {
        Unit.WORKING_DAYS: lambda: nth_working_day(day, count),
        Unit.DAYS: lambda: next_open(day + count * DAY),
        Unit.MONTHS: lambda: next_open(month_later(day, count)),
    }[rule.limit.unit]()
    opens, closes = hours(last)[0][0], hours(last)[-1][1]
    if rule.convention == "end_of_day":
        return closes
    same = datetime.combine(last, begin.astimezone(VIETNAM).time(), VIETNAM)
    return max(opens, min(same, closes))


limits = st.tuples(st.integers(0, 25), st.sampled_from([unit.value for unit in Unit])).map(
    lambda limit: (min(limit[0], 2), limit[1]) if limit[1] == "thang" else limit
)


@st.composite
def rules(draw):
    if draw(st.integers(0, 9)) == 0:
        return terms(procedure=None)
    return terms(
        procedure=procedure(
            limit=draw(limits),
            convention=draw(st.sampled_from(["end_of_day", "same_hour"])),
            reading=draw(st.sampled_from([None, *Reading])),
        ),
        inbound=standard(Zone.INTER, draw(st.integers(1, 8))),
        outbound=standard(Zone.INNER, draw(st.integers(1, 8))),
    )


@given(dossiers(), rules(), moments)
def test_the_days_of_every_clock_are_what_the_door_says_and_sum_to_it(facts, given_rules, at):
    for clock in compute(facts, given_rules, at).clocks:
        if clock.started is None:
            continue
        days = derive(clock, at).days
        end = clock.stopped.at if clock.stopped else at
        waits = [(wait.start, wait.end or end) for wait in clock.waits]
        assert sum(line.us for line in days) == clock.working_us
        assert [line.day for line in days] == [
            local(clock.started.at) + n * DAY for n in range((local(end) - local(clock.started.at)).days + 1)
        ]
        for line in days:
            walked = worked(clock.started.at, end, line.day)
            walked -= sum((worked(*wait, line.day) for wait in waits), timedelta(0))
            assert timedelta(microseconds=line.us) == walked


@given(dossiers(), rules(), moments)
def test_every_due_instant_follows_from_its_rule_by_walking(facts, given_rules, at):
    for clock in compute(facts, given_rules, at).clocks:
        if clock.due is None or clock.due_rule is None:
            continue
        rule = clock.due_rule
        assume(rule.kind is not DueKind.AS_LONG or worked_in(rule.from_promise, rule.printed))
        due = plain_due(rule, clock.begun)
        waited = sum((worked_in(*wait) for wait in rule.waits), timedelta(0))
        assert clock.due == (after(due, waited) if waited else due), (rule, clock.begun)
        explained(clock, at)


def explained(clock, at) -> None:
    """The steps end in the due instant, count each open day once and no closed one, and can all be said."""
    derivation = derive(clock, at)
    assert derivation.steps[-1].at == clock.due
    counted = [line for line in derivation.steps if line.why == "counted"]
    assert [line.number for line in counted] == list(range(1, len(counted) + 1))
    assert all(hours(line.day) for line in counted)
    assert not any(
        hours(line.day) for line in derivation.steps if line.why in ("weekend", "holiday", "moved")
    )
    said = told(derivation)
    assert len(said.days) == len(derivation.days)
    assert len(said.steps) == len(derivation.steps)
    for vietnamese, english in (*said.opening, *said.days, *said.steps):
        assert vietnamese.endswith((".", ":")), vietnamese
        assert english.endswith((".", ":"))
        assert "None" not in vietnamese + english
    assert clock.clock in ClockName
