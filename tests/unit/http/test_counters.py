"""Windows in the memory of one process."""

import pytest

from postal.http import counters
from postal.http.counters import LocalCounter
from postal.http.limits import network_of


@pytest.fixture
def passing(monkeypatch):
    at = [100.0]
    monkeypatch.setattr(counters.time, "monotonic", lambda: at[0])
    return at


def test_a_window_counts_up_and_begins_anew_when_it_is_over(passing):
    counter = LocalCounter()
    assert [counter.add("a", 60)[0] for _ in range(3)] == [1, 2, 3]
    passing[0] += 59
    assert counter.add("a", 60) == (4, 1.0)
    passing[0] += 1
    assert counter.add("a", 60) == (1, 60.0)


def test_the_number_of_windows_is_bounded_and_ended_ones_go_first(passing, monkeypatch):
    monkeypatch.setattr(counters, "LARGEST", 3)
    counter = LocalCounter()
    counter.add("old", 1)
    counter.add("a", 60)
    passing[0] += 2
    for bucket in ("b", "c", "d"):
        counter.add(bucket, 60)
    assert counter.add("d", 60)[0] == 2
    assert len(counter._windows) == 3


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_one_subscriber_is_one_caller(address, network):
    assert network_of(address) == network
