"""What is published tells no small number, not even to one who knows the rule and does sums."""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipments.figures.rules.publication import CUTS, MEASURES, hidden, published

LEAST = 3


@pytest.mark.parametrize(("least", "values", "largest"), [(3, 4, 6), (2, 3, 6), (5, 3, 10)])
def test_no_small_number_follows_from_the_total_and_the_rule(least, values, largest):
    # All columns that look alike from outside: the same shown numbers, the same hidden places, the same total.
    alike = defaultdict(list)
    for column in product(range(largest + 1), repeat=values):
        concealed = hidden({str(at): n for at, n in enumerate(column)}, least)
        if concealed is None:
            continue
        shown = tuple(n for at, n in enumerate(column) if str(at) not in concealed)
        assert not any(0 < n < least for n in shown)
        alike[shown, concealed, sum(column)].append(column)
    told = [
        (columns, at)
        for (_, concealed, _), columns in alike.items()
        for at in map(int, concealed)
        if len({column[at] for column in columns}) == 1 and 0 < columns[0][at] < least
    ]
    assert len(alike) > 100
    assert told == []


@given(
    st.dictionaries(
        st.sampled_from(CUTS[1:]), st.lists(st.integers(0, 9), min_size=0, max_size=4), min_size=4, max_size=4
    ),
    st.integers(0, 30),
)
def test_where_the_total_is_hidden_no_table_adds_up_to_it(cuts, total):
    tables = {cut: {"received": {str(at): n for at, n in enumerate(given)}} for cut, given in cuts.items()}
    tables["all"] = {"received": {"": total}}
    lines = published(date(2026, 11, 22), tables, least=LEAST, rule="", rule_status="configured").lines
    assert all(line.received is None or not 0 < line.received < LEAST for line in lines)
    whole = next(line for line in lines if line.cut == "all")
    if whole.received is None:
        assert all(not line.received for line in lines)
    assert {name for name in MEASURES if getattr(whole, name) is None} <= {"received"}
