"""Laws of codes: check digits, permutation, distance."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from shipments.pieces.rules import SERIALS, Refusal, allot, candidates, is_s10, normalise, permuted, s10
from shipments.pieces.rules.serials import LANES, counters_of, turns_of

serials = st.integers(0, SERIALS - 1)
prefixes = st.sampled_from(["DH", "DK", "RA", "TUI"])
keys = st.binary(min_size=16, max_size=32)


@given(prefix=st.sampled_from(["DH", "DK"]), serial=serials)
def test_a_made_code_is_taken_as_it_is(prefix: str, serial: int) -> None:
    code = s10(prefix, serial)
    assert is_s10(code)
    assert normalise(code) == code


@given(serial=serials, place=st.integers(2, 9), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_never_gives_another_code_silently_unless_the_check_digit_passes(
    serial: int, place: int, digit: str
) -> None:
    """It folds 10 into 0 and 11 into 5, so it may pass a slip; what is refused names the meant code."""
    code = s10("DH", serial)
    slip = code[:place] + digit + code[place + 1 :]
    taken = normalise(slip)
    if isinstance(taken, Refusal):
        assert taken.reason == "check_digit"
        assert code in candidates(slip, {code})
    else:
        assert taken == slip


@given(key=keys, prefix=prefixes, start=st.integers(0, SERIALS - 300))
def test_neighbouring_counters_give_distinct_serials_in_no_order(key: bytes, prefix: str, start: int) -> None:
    given_out = [permuted(key, prefix, counter) for counter in range(start, start + 200)]
    assert len(set(given_out)) == len(given_out)
    assert all(0 <= serial < SERIALS for serial in given_out)
    assert given_out != sorted(given_out)
    assert given_out != sorted(given_out, reverse=True)


@given(key=keys, counters=st.lists(serials, unique=True, max_size=50))
def test_the_permutation_has_an_inverse(key: bytes, counters: list[int]) -> None:
    assert len({permuted(key, "DH", counter) for counter in counters}) == len(counters)


@given(key=keys, small=st.integers(SERIALS // 20, SERIALS))
def test_a_smaller_range_is_permuted_within_itself(key: bytes, small: int) -> None:
    counters = range(0, small, small // 20)
    given_out = [permuted(key, "DH", counter, small) for counter in counters]
    assert len(set(given_out)) == len(given_out)
    assert all(0 <= serial < small for serial in given_out)


@given(
    key=keys,
    lane=st.integers(0, LANES - 1),
    turn=st.integers(0, 10**6),
    count=st.integers(1, 60),
    live=st.sets(serials, max_size=30),
)
def test_no_two_codes_of_one_office_and_day_differ_in_one_digit(
    key: bytes, lane: int, turn: int, count: int, live: set[int]
) -> None:
    allotment = allot(key, "DH", counters_of(lane, turn), count, live)
    assert len(allotment.serials) == count
    assert allotment.used >= count
    for one, other in combinations([*allotment.serials, *live], 2):
        if one in live and other in live:
            continue
        assert sum(a != b for a, b in zip(f"{one:08d}", f"{other:08d}", strict=True)) > 1


@given(key=keys, start=st.integers(0, 10**6), split=st.integers(1, 20))
def test_choosing_in_parts_is_choosing_at_once(key: bytes, start: int, split: int) -> None:
    whole = allot(key, "DH", counters_of(3, start), 20 + split, ())
    first = allot(key, "DH", counters_of(3, start), split, ())
    second = allot(key, "DH", counters_of(3, start + first.used), 20, first.serials)
    assert first.serials + second.serials == whole.serials


@given(size=st.integers(1, 5000), done=st.integers(0, 20))
def test_the_lanes_share_all_counters_and_none_twice(size: int, done: int) -> None:
    shared = [counter for lane in range(LANES) for counter in counters_of(lane, 0, size)]
    assert sorted(shared) == list(range(size))
    for lane in range(LANES):
        assert list(counters_of(lane, done, size)) == list(counters_of(lane, 0, size))[done:]


def test_where_the_counters_end_there_are_fewer_serials() -> None:
    assert len(allot(b"0" * 16, "DH", counters_of(0, turns_of(), SERIALS), 5, ()).serials) == 0
    ended = allot(b"0" * 16, "DH", counters_of(0, turns_of() - 2), 5, ())
    assert (len(ended.serials), ended.used) == (2, 2)
