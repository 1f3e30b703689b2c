"""A sample that anybody can draw again, and what may be recorded of it."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest

from postal.errors import Conflict, Unprocessable
from shipments.inspections.rules import (
    CLOSED,
    FOUND,
    digest_of,
    draw,
    fold_inspection,
    refuse_closing,
    refuse_empty,
    refuse_finding,
    refuse_period,
    repeat,
    result_of,
)
from tests.factories.inspections import CODE, a_record, drawn

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POPULATION = [f"D-{number:03}" for number in range(50)]


def test_whoever_has_the_seed_and_the_codes_draws_the_same_by_hand():
    by_hand = sorted(POPULATION, key=lambda code: hashlib.sha256(f"seed\n{code}".encode()).hexdigest())[:5]
    assert draw(reversed(POPULATION), "seed", 5) == tuple(sorted(by_hand))
    assert (
        digest_of(reversed(POPULATION)) == hashlib.sha256(("\n".join(POPULATION) + "\n").encode()).hexdigest()
    )
    assert draw(POPULATION, "other", 5) != draw(POPULATION, "seed", 5)
    assert draw(POPULATION, "seed", 500) == tuple(POPULATION)


def test_a_changed_population_is_told():
    inspection, _ = fold_inspection(CODE, [drawn(AT, POPULATION, 5)])
    assert repeat(inspection, POPULATION).same_sample
    again = repeat(inspection, [*POPULATION, "D-NEW"])
    assert (again.same_population, again.population) == (False, 51)


def test_findings_are_counted_once_and_nothing_follows_the_end():
    first, second = draw(POPULATION, "seed", 2)
    rows = [
        drawn(AT, POPULATION, 2),
        a_record(FOUND, AT + timedelta(hours=1), dossier=first, checks={"papers": True, "due": False}),
        a_record(FOUND, AT + timedelta(hours=2), dossier=first, checks={"papers": True}),
        a_record(FOUND, AT + timedelta(hours=2), dossier="D-ELSE", checks={"papers": True}),
    ]
    inspection, findings = fold_inspection(CODE, rows)
    assert (inspection.examined, inspection.agreeing) == (1, 0)
    for dossier, error in ((first, Conflict), ("D-ELSE", Unprocessable)):
        with pytest.raises(error):
            refuse_finding(inspection, findings, dossier)
    refuse_finding(inspection, findings, second)
    with pytest.raises(Conflict, match="1 dossiers"):
        refuse_closing(inspection)
    rows += [
        a_record(FOUND, AT + timedelta(hours=3), dossier=second, checks={"papers": True}),
        a_record(CLOSED, AT + timedelta(hours=4), conclusion="INSPECTION_REMEDY"),
        a_record(CLOSED, AT + timedelta(hours=5), conclusion="INSPECTION_AGREES"),
    ]
    inspection, _ = fold_inspection(CODE, rows)
    refuse_closing(inspection)
    assert inspection.conclusion == "INSPECTION_REMEDY"
    result = result_of(inspection)
    assert (result.percent, result.left) == (50.0, 0)
    assert result.low < 50 < result.high


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (date(2026, 11, 2), date(2026, 11, 2)),
        (date(2026, 11, 3), date(2026, 11, 2)),
        (date(2025, 1, 1), date(2026, 11, 1)),
        (date(2026, 11, 24), date(2026, 11, 25)),
    ],
)
def test_a_period_that_is_empty_too_long_or_to_come_is_refused(begin, end):
    with pytest.raises(Unprocessable):
        refuse_period(begin, end, date(2026, 11, 23))
    refuse_period(date(2026, 11, 1), date(2026, 12, 1), date(2026, 11, 23))


def test_nothing_to_draw_from_is_refused():
    with pytest.raises(Unprocessable):
        refuse_empty([])
    refuse_empty(POPULATION)
