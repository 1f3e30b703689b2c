from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from postal.law.rules import Zone
from shipments.clocks.rules import ClockName, Facts, Verdict, compute, day_shares
from shipments.custody.rules import CITIZEN, Phase, Step
from shipments.dossiers.rules import CaseEvent, CaseKind
from tests.factories.calendars import administrative, dutch
from tests.factories.law import procedure, standard, terms

BEGIN = datetime(2026, 2, 9, 1, tzinfo=UTC)
PARTIES = ("BC-1", "HUB-1", "DESK-1", "H24.1", "BC-2", CITIZEN)
KINDS = ("accept", "offer", "receive", "depart", "arrive", "out_for_delivery", "deliver", "hold", "return")

moments = st.integers(0, 40 * 86_400 * 1000).map(lambda ms: BEGIN + timedelta(milliseconds=ms))


@st.composite
def steps(draw, offset):
    at = draw(moments)
    claims = tuple(draw(st.lists(st.sampled_from(PARTIES), max_size=2, unique=True)))
    return Step(
        row=UUID(int=offset + draw(st.integers(0, 10**9))),
        kind=draw(st.sampled_from(KINDS)),
        at=at,
        organisation=draw(st.sampled_from(PARTIES[:5])),
        claims=claims,
        phase=draw(st.sampled_from(list(Phase))),
    )


@st.composite
def events(draw):
    kind = draw(st.sampled_from(list(CaseKind)))
    body = {}
    if draw(st.booleans()):
        body["due"] = draw(moments)
    if draw(st.booleans()):
        body["unit"] = draw(st.sampled_from(PARTIES[:4]))
    return CaseEvent(
        id=UUID(int=draw(st.integers(0, 10**9))),
        kind=kind,
        at=draw(moments),
        organisation="DESK-1",
        body=body,
    )


def ordered(drawn):
    return tuple(sorted(drawn, key=lambda step: (step.at, step.row)))


@st.composite
def dossiers(draw):
    told = draw(st.lists(events(), max_size=12))
    return Facts(
        code="H24-20260209-0000001",
        authority="H24.1",
        desk="DESK-1",
        by_post=draw(st.booleans()),
        events=tuple({event.id: event for event in told}.values()),
        papers=ordered(draw(st.lists(steps(0), max_size=8))),
        result=ordered(draw(st.lists(steps(2 * 10**9), max_size=6))),
        uncertainty_ms={
            UUID(int=number): draw(st.integers(0, 10**8))
            for number in draw(st.lists(st.integers(0, 9), max_size=3))
        },
    )


some_terms = st.sampled_from(
    [
        terms(),
        terms(procedure=procedure(limit=(0, "gio_lam_viec"))),
        terms(procedure=procedure(limit=(1, "thang"))),
        terms(procedure=None),
        terms(inbound=standard(Zone.INTER, 2), outbound=standard(Zone.INNER, 1), supplements=None),
    ]
)


@given(dossiers(), some_terms, moments)
def test_the_parts_and_the_holders_sum_to_the_whole(facts, rules, at):
    found = compute(facts, rules, at)
    whole = found.get(ClockName.END_TO_END)
    if whole.started is None:
        assert not found.parts
        return
    for parts in (found.parts, found.holders):
        assert sum(part.calendar_us for part in parts) == whole.calendar_us
        assert sum(part.working_us for part in parts) == whole.working_us
        assert all(part.calendar_us >= part.working_us >= 0 for part in parts)


@given(dossiers(), some_terms, moments)
def test_no_clock_is_negative_or_works_longer_than_it_runs(facts, rules, at):
    for clock in compute(facts, rules, at).clocks:
        assert 0 <= clock.working_us <= clock.calendar_us
        if clock.stopped:
            assert clock.started.at <= clock.stopped.at <= at
        if clock.started is None:
            assert clock.verdict is Verdict.NOT_STARTED


@given(dossiers(), some_terms, moments)
def test_the_order_of_rows_does_not_matter(facts, rules, at):
    turned = Facts(
        **{**{name: getattr(facts, name) for name in Facts.__struct_fields__}, "events": facts.events[::-1]}
    )
    assert compute(turned, rules, at) == compute(facts, rules, at)


@given(dossiers(), some_terms, moments)
def test_the_days_of_the_statutory_clock_sum_to_it(facts, rules, at):
    clock = compute(facts, rules, at).get(ClockName.STATUTORY)
    if clock.started is None:
        return
    end = clock.stopped.at if clock.stopped else at
    shares = list(day_shares(rules.working, clock.started.at, end, clock.waits))
    assert sum(share.worked for share in shares) == clock.working_us
    assert all(share.worked >= 0 for share in shares)


@given(dossiers(), some_terms, moments)
def test_the_steps_of_a_case_sum_to_its_statutory_time(facts, rules, at):
    found = compute(facts, rules, at)
    whole, pieces = found.get(ClockName.STATUTORY), [c for c in found.clocks if c.clock is ClockName.STEP]
    if whole.started is None or whole.started.kind != CaseKind.RECEIVED:
        return
    assert sum(piece.working_us for piece in pieces) == whole.working_us
    assert sum(piece.calendar_us for piece in pieces) == whole.calendar_us


@given(dossiers(), some_terms, moments)
def test_an_extension_changes_no_verdict_on_the_first_promise(facts, rules, at):
    plain = Facts(
        **{
            **{name: getattr(facts, name) for name in Facts.__struct_fields__},
            "events": tuple(event for event in facts.events if event.kind is not CaseKind.EXTENDED),
        }
    )
    before, after = (compute(each, rules, at).get(ClockName.STATUTORY) for each in (plain, facts))
    if before.waits == after.waits and before.stopped == after.stopped:
        assert (before.verdict, before.due) == (after.verdict, after.due)


@given(dossiers(), moments)
def test_a_clock_in_another_zone_sums_as_well(facts, at):
    shift = timedelta(days=365 * 15)

    def moved(instant):
        return instant - shift

    old = Facts(
        code=facts.code,
        authority=facts.authority,
        desk=facts.desk,
        events=tuple(
            CaseEvent(id=each.id, kind=each.kind, at=moved(each.at), organisation=each.organisation)
            for each in facts.events
        ),
    )
    rules = terms(procedure=procedure(limit=(56, "ngay")), working=dutch(), on=date(2011, 1, 1))
    found = compute(old, rules, moved(at))
    whole = found.get(ClockName.END_TO_END)
    if whole.started:
        assert sum(part.working_us for part in found.parts) == whole.working_us


def test_the_calendars_of_the_tests_are_those_of_the_product():
    assert administrative().is_working_day(date(2026, 1, 10))
