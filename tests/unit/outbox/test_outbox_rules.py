"""When a failed message comes again."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.outbox.rules import (
    LEASE,
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    RUN_LIMIT,
    Claim,
    Verdict,
    given_up,
    judged,
    wait_after,
)


def test_pauses_grow_from_one_second_to_ten_minutes():
    assert [wait_after(attempt).seconds for attempt in (1, 2, 3, 7)] == [1, 4, 9, 49]
    assert wait_after(100) == LONGEST_WAIT


@given(st.integers(1, 10_000))
def test_a_later_failure_never_waits_less(attempt):
    assert timedelta(0) < wait_after(attempt) <= wait_after(attempt + 1) <= LONGEST_WAIT


def test_the_last_attempt_ends_it():
    assert not given_up(MAX_ATTEMPTS - 1)
    assert given_up(MAX_ATTEMPTS)


def test_a_lease_outlasts_a_run_and_a_killed_run_comes_again_within_fifteen_seconds():
    assert RUN_LIMIT < LEASE < timedelta(seconds=14)


@pytest.mark.parametrize(
    ("unended", "attempts", "lost", "verdict"),
    [
        (False, 0, 0, Verdict.RUN),
        (False, 5, 3, Verdict.RUN),
        (True, 1, 1, Verdict.RUN),
        (True, 2, 2, Verdict.WAIT),
        (True, MAX_ATTEMPTS, 1, Verdict.BURY),
        (False, MAX_ATTEMPTS, 1, Verdict.BURY),
        (True, MAX_ATTEMPTS, MAX_ATTEMPTS, Verdict.BURY),
    ],
)
def test_a_message_whose_runs_never_end_waits_and_is_given_up(unended, attempts, lost, verdict):
    claim = Claim(id=UUID(int=1), overdue=True, unended=unended, attempts=attempts, lost=lost)
    assert judged(claim) is verdict
    assert claim.is_suspect == (lost > 0)
