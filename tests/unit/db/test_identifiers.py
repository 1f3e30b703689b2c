"""Ids that carry their millisecond."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.identifiers import lowest_id, new_id, uuid7_instant

instants = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9999, 12, 31),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)


@given(instants)
def test_an_id_tells_its_millisecond(instant):
    made = new_id(instant)
    assert made.version == 7
    assert uuid7_instant(made) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert (
        lowest_id(instant) < made < lowest_id(instant + timedelta(milliseconds=1))
        if instant.year < 9999
        else True
    )


@given(instants)
def test_ids_of_one_millisecond_ascend_and_differ(instant):
    made = [new_id(instant) for _ in range(50)]
    assert made == sorted(set(made))


def test_other_versions_tell_nothing():
    assert uuid7_instant(uuid4()) is None
    assert uuid7_instant(UUID(int=0)) is None
    assert uuid7_instant(UUID("ffffffff-ffff-7fff-bfff-ffffffffffff")) is None


def test_an_instant_before_1970_has_no_id():
    with pytest.raises(ValueError, match="1969"):
        new_id(datetime(1969, 12, 31, tzinfo=UTC))


def test_ids_of_one_instant_ascend_though_others_are_made_in_between():
    one = datetime(2026, 11, 23, 1, tzinfo=UTC)
    other = one + timedelta(milliseconds=1)
    made = [(new_id(one), new_id(other)) for _ in range(200)]
    for ids in zip(*made, strict=True):
        assert list(ids) == sorted(ids)
