"""Laws of who stands behind a scan."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postal.identity.rules import (
    Acting,
    Assignment,
    EnrolledDevice,
    Refused,
    Role,
    ScanIdentity,
    ShiftSpan,
    Span,
    judge,
)

BASE = datetime(2026, 11, 23, tzinfo=UTC)
instants = st.integers(-5000, 5000).map(lambda minutes: BASE + timedelta(minutes=minutes))
slacks = st.integers(0, 120).map(lambda minutes: timedelta(minutes=minutes))
ORGANISATIONS = ("A", "B")


@st.composite
def spans(draw):
    start = draw(instants)
    return Span(
        start, draw(st.none() | st.integers(1, 5000).map(lambda minutes: start + timedelta(minutes=minutes)))
    )


@st.composite
def identities(draw):
    where = st.sampled_from(ORGANISATIONS)
    device = EnrolledDevice("d", draw(where), draw(spans()))
    held = [Assignment("p", Role.CLERK, draw(where), draw(spans())) for _ in range(draw(st.integers(0, 3)))]
    shifts = {}
    if draw(st.booleans()):
        shifts["s"] = ShiftSpan("s", "p", draw(st.sampled_from(["d", "other"])), draw(where), draw(spans()))
    places = {code: draw(spans()) for code in ORGANISATIONS if draw(st.booleans())}
    return ScanIdentity(device, {"p": held} if held else {}, shifts, places)


@given(spans(), instants)
def test_a_span_is_half_open(span, at):
    assert span.covers(span.start)
    assert not span.covers(span.start - timedelta(microseconds=1))
    if span.end is not None:
        assert not span.covers(span.end)
        assert span.covers(span.end - timedelta(microseconds=1))
    assert span.covers(at) == (span.start <= at and (span.end is None or at < span.end))


@given(spans(), instants, slacks, slacks)
def test_more_uncertainty_never_refuses_more(span, at, some, more):
    if span.covers(at, some):
        assert span.covers(at, some + more)


@given(spans(), st.integers(1, 4999), instants)
def test_adjoining_spans_cover_each_instant_once(span, minutes, at):
    end = span.end or span.start + timedelta(minutes=5000)
    middle = span.start + (end - span.start) * minutes / 5000
    halves = [Span(span.start, middle), Span(middle, end)]
    assert sum(half.covers(at) for half in halves) == Span(span.start, end).covers(at)


@given(
    identities(),
    st.sampled_from(["p", "stranger", None]),
    st.sampled_from(["A", "B", None]),
    instants,
    slacks,
)
def test_whoever_acts_was_assigned_there_then(identity, person, place, at, slack):
    for shift in (None, "s", "unknown"):
        judged = judge(identity, person=person, place=place, shift=shift, at=at, uncertainty=slack)
        if isinstance(judged, Refused):
            assert max(len(judged.vi), len(judged.en)) <= 40
            continue
        assert isinstance(judged, Acting)
        assert identity.device.span.covers(at, slack)
        assert any(
            held.organisation == judged.organisation and held.span.covers(at, slack)
            for held in identity.assignments[judged.person]
        )
        worked = identity.shifts.get(shift)
        by_shift = worked is not None and worked.device == "d" and worked.span.covers(at, slack)
        assert judged.organisation == (worked.organisation if by_shift else identity.device.organisation)
        assert judged.place == place
        assert place is None or identity.places[place].covers(at, slack)


@given(identities(), instants, slacks, slacks)
def test_a_worse_clock_never_loses_a_scan_without_shift(identity, at, some, more):
    sure = judge(identity, person="p", place=None, shift=None, at=at, uncertainty=some)
    if isinstance(sure, Acting):
        assert judge(identity, person="p", place=None, shift=None, at=at, uncertainty=some + more) == sure


@given(instants)
def test_an_unknown_device_is_refused(at):
    judged = judge(ScanIdentity(None, {}, {}, {}), person="p", place=None, shift=None, at=at)
    assert isinstance(judged, Refused)
    assert judged.code == "identity.device_unknown"
