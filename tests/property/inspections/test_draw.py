"""A draw is a function of seed, set and size, takes each dossier alike, and grows without being drawn anew."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shipments.inspections.rules import CLOSED, FOUND, digest_of, draw, fold_inspection, repeat
from tests.factories.inspections import CODE, a_record, drawn

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CODES = st.sets(st.from_regex(r"H57-2026112[0-9]-[0-9]{4}", fullmatch=True), min_size=1, max_size=40)
SEEDS = st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True)


@given(CODES, SEEDS, st.integers(1, 50), st.randoms(use_true_random=False))
def test_a_sample_does_not_depend_on_the_order_and_has_its_size(codes, seed, size, chance):
    sample = draw(codes, seed, size)
    assert draw(chance.sample(sorted(codes), len(codes)), seed, size) == sample
    assert set(sample) <= codes
    assert len(sample) == len(set(sample)) == min(size, len(codes))
    assert set(sample) <= set(draw(codes, seed, size + 1))
    assert digest_of(chance.sample(sorted(codes), len(codes))) == digest_of(codes)


@given(CODES, SEEDS, st.integers(1, 50), st.from_regex(r"H57-20261130-[0-9]{4}", fullmatch=True))
def test_one_more_dossier_changes_one_place_at_most(codes, seed, size, newcomer):
    before, after = set(draw(codes, seed, size)), set(draw(codes | {newcomer}, seed, size))
    assert len(before - after) <= 1
    assert after - before <= {newcomer}
    inspection, _ = fold_inspection(CODE, [drawn(AT, sorted(codes), size, seed)])
    assert repeat(inspection, sorted(codes)).same_sample
    assert not repeat(inspection, sorted(codes | {newcomer})).same_population


def test_every_dossier_is_drawn_about_as_often():
    codes = [f"D-{number}" for number in range(20)]
    drawn_by = dict.fromkeys(codes, 0)
    for seed in range(2_000):
        for code in draw(codes, str(seed), 5):
            drawn_by[code] += 1
    # A quarter of 2,000 each; five standard deviations either way.
    assert all(403 < times < 597 for times in drawn_by.values()), drawn_by


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 48), st.booleans()), max_size=8),
    st.integers(1, 60) | st.none(),
    st.randoms(use_true_random=False),
)
def test_any_order_of_records_leaves_the_same_inspection(found, ends, chance):
    population = [f"D-{number}" for number in range(6)]
    rows = [drawn(AT, population, 4)]
    for number, hours, agrees in found:
        body = {"dossier": population[number], "checks": {"papers": agrees}}
        rows.append(a_record(FOUND, AT + timedelta(hours=hours), **body))
    if ends is not None:
        rows.append(a_record(CLOSED, AT + timedelta(hours=ends), conclusion="INSPECTION_AGREES"))
    inspection, findings = fold_inspection(CODE, rows)
    assert fold_inspection(CODE, chance.sample(rows, len(rows))) == (inspection, findings)
    assert inspection.agreeing <= inspection.examined == len(findings) <= len(inspection.sample)
    assert {finding.dossier for finding in findings} <= set(inspection.sample)
