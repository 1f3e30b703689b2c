"""When a message is tried again and given up, and when a destination is left alone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from integrations.deliveries.rules import (
    STANDARD,
    Attempted,
    Outcome,
    Retries,
    State,
    decided,
    judged_by_status,
)
from integrations.deliveries.rules.retrying import LONGEST_ASKED
from integrations.outgoing.rules import CLOSED, Answered, Circuit, CircuitState, waits
from integrations.outgoing.rules.circuit import LONGEST_WAIT, OPENS_AFTER

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
IDS = st.uuids(version=4)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SPANS = st.timedeltas(timedelta(0), timedelta(days=30))


def test_the_standard_table_is_the_published_one():
    seconds = [wait.total_seconds() for wait in STANDARD.waits]
    assert seconds == [0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


@given(IDS)
def test_a_message_has_ten_tries_at_the_published_pauses_and_somewhat_later(message):
    at, tried, tries = NOW, 0, 0
    while True:
        tried, tries = tried + 1, tries + 1
        verdict = decided(Attempted(outcome=Outcome.LATER, status=500), STANDARD, message, tried, at)
        if verdict.state is State.DEAD:
            break
        pause = verdict.due_at - at
        assert STANDARD.waits[tried] <= pause <= STANDARD.waits[tried] * 1.1
        again = decided(Attempted(outcome=Outcome.LATER, status=500), STANDARD, message, tried, at)
        assert again == verdict, "the same message waits the same time wherever it is judged"
        at = verdict.due_at
    assert tries == 10
    assert at - NOW <= STANDARD.longest


def test_messages_that_failed_together_do_not_come_back_together():
    pauses = {STANDARD.wait(UUID(int=number), 2) for number in range(200)}
    assert max(pauses) - min(pauses) > timedelta(seconds=25)
    assert len(pauses) == 200


@given(IDS, st.integers(0, 10**9), st.integers(1, 9))
def test_patience_that_is_asked_for_is_given_up_to_a_bound(message, asked, tried):
    judged = Attempted(outcome=Outcome.LATER, status=429, retry_after=asked)
    verdict = decided(judged, STANDARD, message, tried, NOW)
    pause = verdict.due_at - NOW
    assert pause >= min(timedelta(seconds=asked), LONGEST_ASKED)
    assert pause <= max(LONGEST_ASKED, STANDARD.waits[tried] * 1.1)


def test_each_outcome_says_how_the_message_and_its_destination_go_on():
    expected = {
        Outcome.DELIVERED: (State.DONE, True),
        Outcome.REFUSED: (State.DEAD, True),
        Outcome.GONE: (State.DEAD, None),
        Outcome.SKIPPED: (State.SKIPPED, None),
        Outcome.UNREACHED: (State.WAITING, False),
        Outcome.UNKNOWN: (State.WAITING, False),
        Outcome.FORBIDDEN: (State.WAITING, False),
        Outcome.UNPREPARED: (State.WAITING, None),
    }
    for outcome, told in expected.items():
        verdict = decided(Attempted(outcome=outcome), STANDARD, UUID(int=7), 1, NOW)
        assert (verdict.state, verdict.well) == told
    for status, well in (
        (500, False),
        (503, False),
        (429, False),
        (302, False),
        (400, True),
        (401, True),
        (404, True),
    ):
        verdict = decided(Attempted(outcome=Outcome.LATER, status=status), STANDARD, UUID(int=7), 1, NOW)
        assert (verdict.state, verdict.well) == (State.WAITING, well)


def test_statuses_are_judged_as_standard_webhooks_say():
    assert {judged_by_status(Answered(status=status)).outcome for status in range(200, 300)} == {"delivered"}
    assert judged_by_status(Answered(status=410)).outcome == "gone"
    rest = {*range(100, 200), *range(300, 600)} - {410}
    assert {judged_by_status(Answered(status=status)).outcome for status in rest} == {"later"}
    assert judged_by_status(Answered(status=429, retry_after=7)).retry_after == 7


@given(st.lists(st.tuples(SPANS, st.booleans(), st.none() | st.integers(0, 10**6)), max_size=60))
def test_a_circuit_opens_after_failures_waits_longer_each_time_and_closes_at_the_first_success(told):
    now, circuit, in_a_row = NOW, CLOSED, 0
    for span, well, asked in told:
        now += span
        before = circuit.state(now)
        circuit = circuit.after(well=well, now=now, wait_s=asked)
        in_a_row = 0 if well else in_a_row + 1
        assert circuit.failures == in_a_row
        if well:
            assert circuit == CLOSED
        elif before is CircuitState.HALF_OPEN or in_a_row >= OPENS_AFTER:
            assert circuit.state(now) is not CircuitState.CLOSED
            if asked is None and before is not CircuitState.OPEN:
                assert now < circuit.open_until <= now + LONGEST_WAIT
        assert circuit.room(now, 8) in {0, 1, 8}
        assert (circuit.room(now, 8) == 8) == (in_a_row == 0)
        if circuit.open_until is not None and not well:
            assert circuit.room(max(circuit.open_until, now), 8) == 1, "then one call tells"


def test_the_pauses_of_a_circuit_double_up_to_a_quarter_of_an_hour():
    circuit, now, pauses = Circuit(failures=OPENS_AFTER - 1), NOW, []
    for _ in range(8):
        circuit = circuit.after(well=False, now=now)
        pauses.append((circuit.open_until - now).total_seconds())
        now = circuit.open_until
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]


@given(INSTANTS, INSTANTS)
def test_a_date_of_http_is_read_as_seconds_from_now_and_never_less_than_none(now, until):
    said = until.strftime("%a, %d %b %Y %H:%M:%S GMT")
    seconds = waits(said, now)
    exact = (until.replace(microsecond=0) - now).total_seconds()
    assert seconds >= 0
    assert exact <= seconds < exact + 1 or seconds in {0, 7 * 24 * 3600}


@given(st.text(max_size=60))
def test_whatever_a_partner_says_of_waiting_is_read_or_left(said):
    read = waits(said, NOW)
    assert read is None or 0 <= read <= 7 * 24 * 3600


@given(IDS, st.integers(0, 12))
def test_a_table_without_jitter_is_exact(message, tried):
    exact = Retries(waits=(timedelta(0), timedelta(seconds=3)), jitter=0)
    assert exact.wait(message, tried) == (exact.waits[tried] if tried < 2 else None)
