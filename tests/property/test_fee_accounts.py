"""Laws of money: collected = remitted + refunded + in hand, in any order; each receipt has one class."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import Row
from shipments.fees.rules import (
    SETTLED,
    WITHDRAWN,
    AccountState,
    Channel,
    LineClass,
    Listed,
    fold_account,
    fold_remittance,
    is_remittance,
    reconcile,
)
from tests.factories.fees import (
    ACCOUNT,
    CASHIER,
    OFFICE,
    REMITTANCE,
    closed,
    collected,
    corrected,
    counted,
    handed,
    money_row,
    refunded,
    row_id,
)

AMOUNTS = st.integers(1, 50)
CHANNELS = st.sampled_from(["cash", "cash", "transfer", "online"])
RECEIPTS = st.integers(1, 9).map(lambda number: f"BL-{number}")


@st.composite
def books(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    for number in range(1, draw(st.integers(1, 14))):
        what = draw(
            st.sampled_from(["collect", "collect", "refund", "correct", "hand", "count", "close", "other"])
        )
        target, minute = draw(st.integers(1, 14)), draw(st.integers(0, 8))
        when = {"minute": minute}
        if what == "collect":
            receipt = draw(RECEIPTS)
            rows.append(collected(number, draw(AMOUNTS), channel=draw(CHANNELS), receipt=receipt, **when))
        elif what == "refund":
            rows.append(refunded(number, target, draw(AMOUNTS), channel=draw(CHANNELS), **when))
        elif what == "correct":
            rows.append(corrected(number, target, **when))
        elif what == "hand":
            lines = draw(st.lists(st.tuples(st.integers(1, 9), AMOUNTS), max_size=4))
            rows.append(handed(number, *lines, channel=draw(CHANNELS), **when))
        elif what == "count":
            rows.append(counted(number, *draw(st.lists(st.tuples(RECEIPTS, AMOUNTS), max_size=4)), **when))
        elif what == "close":
            known = draw(st.lists(st.integers(1, 14), max_size=6, unique=True))
            rows.append(closed(number, *known, cash=draw(st.none() | AMOUNTS), **when))
        else:
            side = draw(st.sampled_from([OFFICE, CASHIER]))
            body = {"corrects": str(row_id(target))}
            rows.append(money_row(number, WITHDRAWN, body, code=REMITTANCE, organisation=side, **when))
    return rows


@given(rows=books())
def test_what_was_collected_is_remitted_refunded_or_in_hand(rows: list[Row]) -> None:
    account = fold_account(ACCOUNT, rows)
    for figures in (*account.channels, account.figures):
        assert figures.collected == figures.remitted + figures.refunded + figures.in_hand
    entries = Counter[tuple[str, Channel]]()
    for entry in account.entries:
        if entry.void_by is None:
            entries[entry.kind, entry.channel] += entry.amount
    for figures in account.channels:
        assert figures.collected == entries["fee.collected", figures.channel]
        assert figures.refunded == entries["fee.refunded", figures.channel]
    remittance = fold_remittance([row for row in rows if is_remittance(row.content.code)])
    assert account.figures.remitted == (remittance.counted if remittance else 0)


@given(rows=books(), data=st.data())
def test_any_order_and_repetition_of_rows_gives_the_same_account(
    rows: list[Row], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert fold_account(ACCOUNT, [*shuffled, *rows]) == fold_account(ACCOUNT, rows)


@given(rows=books())
def test_a_correction_leaves_what_its_target_had_never_been(rows: list[Row]) -> None:
    account = fold_account(ACCOUNT, rows)
    void = {entry.id for entry in account.entries if entry.void_by is not None}
    kept = [
        row
        for row in rows
        if row.content.id not in void and row.content.kind not in ("fee.corrected", "fee.day_closed")
    ]
    assert fold_account(ACCOUNT, kept).channels == account.channels


@given(rows=books(), amount=AMOUNTS)
def test_a_closed_day_stays_and_what_comes_in_later_opens_it_again(rows: list[Row], amount: int) -> None:
    # A correction of the closing itself is another matter; it is told apart below.
    before = fold_account(ACCOUNT, rows)
    known = [number for number in range(1, 15) if row_id(number) in before.rows]
    shut = fold_account(ACCOUNT, [*rows, closed(50, *known)])
    assert (shut.state, shut.late) == (AccountState.CLOSED, ())
    assert shut.closing is not None
    assert shut.closing.figures == before.figures == shut.figures
    again = fold_account(ACCOUNT, [*rows, closed(50, *known), collected(60, amount, minute=2)])
    assert (again.state, again.late) == (AccountState.REOPENED, (row_id(60),))
    assert again.closing == shut.closing
    assert again.figures.collected == before.figures.collected + amount


def test_a_closing_may_be_taken_back_and_remitting_afterwards_opens_nothing() -> None:
    day = [collected(1, 15_000), closed(2, 1, cash=14_000)]
    shut = fold_account(ACCOUNT, day)
    assert (shut.state, shut.flags) == (AccountState.CLOSED, ("fee.cash_differs",))
    paid = fold_account(ACCOUNT, [*day, handed(3, (1, 15_000)), counted(4, ("BL-1", 15_000))])
    assert (paid.state, paid.figures.in_hand) == (AccountState.CLOSED, 0)
    assert paid.closing is not None
    assert paid.closing.figures.in_hand == 15_000
    assert fold_account(ACCOUNT, [*day, corrected(3, 2)]).state is AccountState.OPEN


listed = st.lists(st.builds(Listed, receipt=RECEIPTS, amount=AMOUNTS, account=st.just(ACCOUNT)), max_size=8)
counts = st.lists(st.lists(st.tuples(RECEIPTS, AMOUNTS), max_size=8), max_size=3)


@given(listed=listed, counts=counts)
def test_each_receipt_of_either_side_has_exactly_one_class(
    listed: list[Listed], counts: list[list[tuple[str, int]]]
) -> None:
    lines = reconcile(listed, counts, home=ACCOUNT, giver=OFFICE, receiver=CASHIER)
    receipts = [line.receipt for line in lines]
    named = {line.receipt for line in listed} | {receipt for count in counts for receipt, _ in count}
    assert len(receipts) == len(set(receipts))
    assert set(receipts) == named
    for line in lines:
        differs = line.line_class not in (LineClass.AWAITING, LineClass.MATCHED)
        assert (line.owner is not None) == differs
        if line.line_class is LineClass.MATCHED:
            assert line.counted == line.amount
    assert all(line.line_class is not LineClass.AWAITING for line in lines) or not counts


@given(listed=listed, counts=counts, data=st.data())
def test_the_order_of_lines_within_lists_without_repetition_changes_no_class(
    listed: list[Listed], counts: list[list[tuple[str, int]]], data: st.DataObject
) -> None:
    once = list({line.receipt: line for line in listed}.values())
    counted_once = [list(dict(count).items()) for count in counts]
    shuffled = data.draw(st.permutations(once))
    recounted = [data.draw(st.permutations(count)) for count in data.draw(st.permutations(counted_once))]

    def told(lists: list[Listed], several: list[list[tuple[str, int]]]) -> dict[str, tuple[object, ...]]:
        lines = reconcile(lists, several, home=ACCOUNT, giver=OFFICE, receiver=CASHIER)
        return {line.receipt: (line.line_class, line.amount, line.counted, line.owner) for line in lines}

    assert told(shuffled, recounted) == told(once, counted_once)


def test_every_difference_of_a_remittance_is_named_and_owned() -> None:
    rows = [
        *(collected(number, 10_000) for number in range(1, 6)),
        handed(10, *((number, 10_000) for number in range(1, 6))),
        counted(
            11,
            ("BL-1", 10_000),
            ("BL-2", 9_000),
            ("BL-3", 11_000),
            ("BL-5", 10_000),
            ("BL-5", 10_000),
            ("BL-9", 500),
        ),
    ]
    remittance = fold_remittance([row for row in rows if is_remittance(row.content.code)])
    assert remittance is not None
    assert [(line.receipt, line.line_class, line.owner) for line in remittance.lines] == [
        ("BL-1", LineClass.MATCHED, None),
        ("BL-2", LineClass.SHORT, OFFICE),
        ("BL-3", LineClass.OVER, CASHIER),
        ("BL-4", LineClass.MISSING, OFFICE),
        ("BL-5", LineClass.TWICE, CASHIER),
        ("BL-9", LineClass.UNKNOWN, CASHIER),
    ]
    assert fold_account(ACCOUNT, rows).figures.in_hand == 50_000 - 40_500


def test_a_settled_difference_opens_again_when_a_later_count_makes_it_another_one() -> None:
    rows = [handed(1, (1, 10_000)), counted(2, ("BL-1", 9_000))]
    body = {"receipt": "BL-1", "class": "short", "counted": 9_000, "resolution": "accepted"}
    settled = money_row(3, SETTLED, body, code=REMITTANCE, organisation=CASHIER)
    done = fold_remittance([*rows, settled])
    assert done is not None
    assert (done.state, done.lines[0].resolution) == ("settled", "accepted")
    more = fold_remittance([*rows, settled, counted(4, ("BL-1", 500))])
    assert more is not None
    assert (more.state, more.lines[0].counted) == ("differing", 9_500)
    paid = fold_remittance([*rows, settled, counted(4, ("BL-1", 1_000))])
    assert paid is not None
    assert paid.state == "counted"


def test_money_that_was_not_in_hand_at_the_time_is_flagged_however_it_ends() -> None:
    late = [handed(2, (1, 5_000)), counted(3, ("BL-1", 5_000)), collected(4, 5_000, receipt="BL-1")]
    account = fold_account(ACCOUNT, late)
    assert account.figures.in_hand == 0
    assert account.flags == ("fee.remitted_more_than_in_hand",)
    over = fold_account(ACCOUNT, [collected(1, 5_000), handed(2, (1, 6_000))])
    assert over.flags == ("fee.handed_more_than_in_hand",)
    given = fold_account(ACCOUNT, [collected(1, 5_000), refunded(2, 1, 6_000)])
    assert given.flags == ("fee.in_hand_negative", "fee.refunded_more_than_in_hand")
