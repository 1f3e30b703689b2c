"""What a withdrawn rule had ended holds on: as long as it was to hold, until the next rule that stands."""

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from postal.law.rules import Constant, Past, Status, in_force, place, reopened, standing_of

TODAY = date(2026, 11, 23)


def value(number, valid_from, valid_to=None):
    return Constant(
        name="x", value=number, valid_from=valid_from, valid_to=valid_to, citation="test", status=Status.TEST
    )


class Book:
    """Rules as the store keeps them: each next one ends what stands, each withdrawal gives back."""

    def __init__(self, first):
        self.rules, self.past = [first], []

    def add(self, rule):
        closed = place(self.rules, rule.valid_from, rule.valid_to, TODAY)
        if closed is not None:
            told = msgspec.json.decode(msgspec.json.encode(closed))
            self.past.append(Past(action="replaced", version=None, before=told, after=None))
            self.end(closed, rule.valid_from)
        self.rules.append(rule)

    def end(self, rule, valid_to):
        self.rules[self.rules.index(rule)] = msgspec.structs.replace(rule, valid_to=valid_to)

    def withdraw(self, rule):
        again = reopened(rule, [each for each in self.rules if each != rule], self.past)
        self.end(rule, rule.valid_from)
        if again is not None:
            self.end(*again)

    def held(self, day):
        return [rule.value for rule in in_force(self.rules, day)]


days = st.integers(1, 60).map(lambda ahead: date.fromordinal(TODAY.toordinal() + ahead))


@given(st.lists(days, min_size=1, max_size=6, unique=True), st.data())
def test_all_withdrawn_in_any_order_leaves_what_stood_before_and_one_rule_a_day(begins, data):
    book = Book(value(0, date(1990, 1, 1), data.draw(st.none() | st.just(date(2030, 1, 1)))))
    first = book.rules[0]
    for number, begin in enumerate(sorted(begins), start=1):
        book.add(value(number, begin))
    order = data.draw(st.permutations(range(1, len(begins) + 1)))
    for number in order:
        book.withdraw(next(rule for rule in standing_of(book.rules) if rule.value == number))
        for ahead in range(70):
            day = date.fromordinal(TODAY.toordinal() + ahead)
            expected = [each.value for each in standing_of(book.rules) if each.valid_from <= day]
            assert book.held(day) == [max(expected)], "no gap and no overlap"
    assert standing_of(book.rules) == [first]
    assert len(book.rules) == len(begins) + 1, "nothing is deleted"


def test_an_end_of_its_own_is_kept():
    book = Book(value(0, date(1990, 1, 1), date(2026, 12, 1)))
    later = value(1, date(2026, 12, 1))
    book.add(later)
    book.withdraw(later)
    assert book.held(date(2026, 12, 1)) == []
    assert book.held(date(2026, 11, 30)) == [0]
