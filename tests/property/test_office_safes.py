"""Laws of an office's money: what it counted is handed on and counted there, or in its safe."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import Row
from shipments.fees.rules import (
    COUNTED,
    HANDED,
    WITHDRAWN,
    Channel,
    account_of,
    fold_account,
    fold_remittance,
    safe_of,
)
from tests.factories.fees import CASHIER, DAY, OFFICE, collected, money_row, row_id

SAFE = safe_of(OFFICE, DAY)
PEOPLE = {f"NT-261123-PERSON0{n}": account_of(OFFICE, f"p-{n}", DAY) for n in range(2)}
ONWARD = {f"NT-261123-OFFICE0{n}": SAFE for n in range(2)}
AMOUNTS = st.integers(1, 50)
LINES = st.lists(st.tuples(st.integers(1, 6), AMOUNTS), max_size=4)


def _handed(number: int, code: str, lines: list[tuple[int, int]], **when: Any) -> Row:
    home = (PEOPLE | ONWARD)[code]
    into = (OFFICE, SAFE) if code in PEOPLE else (CASHIER, safe_of(CASHIER, DAY))
    body = {
        "home": home,
        "receiver": into[0],
        "safe": into[1],
        "channel": "cash",
        "lines": [{"receipt": f"BL-{fee}", "amount": amount, "account": home} for fee, amount in lines],
    }
    return money_row(number, HANDED, body, code=code, **when)


@st.composite
def books(draw: st.DrawFn) -> list[Row]:
    """Draw what people hand to their office, what it hands on, and who counts what of it, in any order."""
    rows: list[Row] = []
    for number in range(1, draw(st.integers(1, 14))):
        code = draw(st.sampled_from([*PEOPLE, *ONWARD]))
        when = {"minute": draw(st.integers(0, 8))}
        what = draw(st.sampled_from(["hand", "hand", "count", "count", "withdraw", "collect"]))
        if what == "hand":
            rows.append(_handed(number, code, draw(LINES), **when))
        elif what == "count":
            lines = [{"receipt": f"BL-{fee}", "amount": amount} for fee, amount in draw(LINES)]
            by = OFFICE if code in PEOPLE else CASHIER
            rows.append(money_row(number, COUNTED, {"lines": lines}, code=code, organisation=by, **when))
        elif what == "withdraw":
            body = {"corrects": str(row_id(draw(st.integers(1, 14))))}
            rows.append(money_row(number, WITHDRAWN, body, code=code, **when))
        else:
            rows.append(
                collected(number, draw(AMOUNTS), code=draw(st.sampled_from([*PEOPLE.values()])), **when)
            )
    return rows


def _of(rows: list[Row], *codes: str) -> list[Row]:
    return [row for row in rows if row.content.code in codes]


@given(rows=books())
def test_what_an_office_counted_is_handed_on_or_in_its_safe(rows: list[Row]) -> None:
    safe = fold_account(SAFE, _of(rows, SAFE, *PEOPLE, *ONWARD))
    counted = {code: fold_remittance(_of(rows, code)) for code in (*PEOPLE, *ONWARD)}
    sums = {code: one.counted if one and one.state != "withdrawn" else 0 for code, one in counted.items()}
    for figures in (*safe.channels, safe.figures):
        assert figures.collected == figures.remitted + figures.refunded + figures.in_hand
    assert safe.figures.collected == sum(sums[code] for code in PEOPLE)
    assert safe.figures.remitted == sum(sums[code] for code in ONWARD)
    # What the office has is what its people gave away, and what the agency has is what the office gave away.
    people = [fold_account(account, _of(rows, account, code)) for code, account in PEOPLE.items()]
    assert safe.figures.collected == sum(one.figures.remitted for one in people)
    agency = fold_account(safe_of(CASHIER, DAY), _of(rows, *ONWARD))
    assert agency.figures.collected == safe.figures.remitted
    assert agency.figures.in_hand == agency.figures.collected


@given(rows=books(), data=st.data())
def test_any_order_and_repetition_gives_the_same_safe(rows: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert fold_account(SAFE, [*shuffled, *rows]) == fold_account(SAFE, rows)


def test_a_safe_is_no_persons_account() -> None:
    safe = fold_account(safe_of(OFFICE, date(2026, 11, 23)), [])
    assert (safe.organisation, safe.person, safe.day) == (OFFICE, "", DAY)
    assert all(figures.channel in Channel for figures in safe.channels)
