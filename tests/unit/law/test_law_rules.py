"""Dated rules: which holds when."""

from datetime import date

import pytest

from postal.law.rules import Reading, Zone, constants_among, in_force, reading_of, zone_between
from tests.factories.law import constants, procedure, standard


@pytest.mark.parametrize(
    ("first", "second", "zone"),
    [
        (("01", "00004"), ("01", "00004"), Zone.INNER),
        (("01", "00004"), ("01", "00008"), Zone.INTER),
        (("01", "00004"), ("46", "19750"), Zone.INTERPROVINCE),
    ],
)
def test_the_zone_of_a_leg_follows_from_its_ends(first, second, zone):
    assert zone_between(first, second) is zone
    assert zone_between(second, first) is zone


def test_a_rule_holds_from_its_first_day_to_the_day_before_it_ends():
    from msgspec.structs import replace

    rule = replace(standard(Zone.INNER, 1), valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 1))
    held = [
        bool(in_force([rule], day))
        for day in map(date.fromisoformat, ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"))
    ]
    assert held == [False, True, True, False]


def test_of_two_constants_the_later_one_holds():
    from msgspec.structs import replace

    old = constants()["supplement.max"]
    new = replace(old, value=2, valid_from=date(2026, 8, 5))
    assert constants_among([new, old], date(2026, 8, 4)).number("supplement.max") == 1
    assert constants_among([new, old], date(2026, 8, 5)).number("supplement.max") == 2


def test_the_reading_of_the_start_is_a_choice_that_a_procedure_may_override():
    assert reading_of(procedure(), constants()) is Reading.SLIP
    assert reading_of(procedure(reading=Reading.HANDOVER), constants()) is Reading.HANDOVER
    assert reading_of(procedure(territory_free=True), constants()) is Reading.AUTHORITY
    assert reading_of(procedure(), constants(clock__t0_reading="complete")) is Reading.COMPLETE
