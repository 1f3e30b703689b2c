"""The case of a feedback is a function of the set of its records, and its limits never run backwards."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import canonical_instant
from shipments.feedback.rules import (
    ACCEPTED,
    ANSWERED,
    ASKED,
    MOVES,
    PUBLISHED,
    REFUSED,
    SUPPLEMENTED,
    Category,
    State,
    Wait,
    extended,
    fold_feedback,
    personal_traces,
)
from tests.factories.calendars import administrative
from tests.factories.feedback import CODE, a_record, begun, constants

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DUE = canonical_instant(AT + timedelta(days=20))
BODIES = {
    ACCEPTED: {"category": "delay", "organisation": "MC-1"},
    ASKED: {"asked": "0" * 64},
    SUPPLEMENTED: {"supplement": "0" * 64, "resolve_due": DUE},
    REFUSED: {"reason": "FEEDBACK_NOT_OURS"},
    ANSWERED: {"outcome": "FEEDBACK_EXPLAINED", "publish_due": DUE},
    PUBLISHED: {"digest": "0" * 64},
}
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(sorted(MOVES)), st.integers(1, 40 * 24), st.sampled_from([c.value for c in Category])
    ),
    max_size=8,
)


def rows_of(records, category="delay"):
    rows = [begun(AT, category, by="BC-1", organisation="MC-9")]
    for kind, hours, changed in records:
        body = {**BODIES[kind], "category": changed} if kind == ACCEPTED else BODIES[kind]
        rows.append(a_record(kind, AT + timedelta(hours=hours), **body))
    return rows


@given(RECORDS, st.randoms(use_true_random=False))
def test_any_order_of_records_leaves_the_same_case(records, chance):
    rows = rows_of(records)
    assert fold_feedback(CODE, chance.sample(rows, len(rows))) == fold_feedback(CODE, rows)


@given(RECORDS)
def test_a_case_is_only_where_its_moves_lead_and_says_what_was_late(records):
    case = fold_feedback(CODE, rows_of(records))
    assert (case.state in {State.ANSWERED, State.PUBLISHED}) == (case.answered_at is not None)
    assert (case.state is State.PUBLISHED) == (case.published_at is not None)
    assert (case.state is State.REFUSED) == (case.refused_at is not None) == (case.reason is not None)
    assert ("publish" in case.late) == (
        case.published_at is not None and case.published_at > case.publish_due
    )
    if case.answered_at is not None:
        assert ("resolve" in case.late) == (case.answered_at > case.resolve_due)
    assert case.resolve_due >= AT + timedelta(days=15)
    if case.category is Category.VIOLATION:
        assert (case.parties, case.organisation) == ((), None)
    else:
        assert "BC-1" in case.parties
        assert case.organisation is None or case.organisation in case.parties


@given(st.integers(0, 40 * 24), st.integers(0, 40 * 24))
def test_waiting_never_shortens_a_limit_and_adds_exactly_the_working_days_waited(asked, waited):
    time = administrative()
    due = time.closes(time.add_working_days(time.local_day(AT), 15))
    wait = Wait(AT + timedelta(hours=asked), AT + timedelta(hours=asked + waited))
    moved = extended(time, due, wait, constants())
    assert moved >= due
    days = time.working_days_between(time.local_day(wait.asked_at), time.local_day(wait.back_at))
    assert time.working_days_between(time.local_day(due), time.local_day(moved)) == days


@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True),
    st.sampled_from(["", " ", ".", "-"]),
)
def test_no_telephone_number_slips_through_however_it_is_written(before, after, number, between):
    written = between.join((number[:4], number[4:7], number[7:]))
    assert personal_traces(f"{before} {written} {after}")
