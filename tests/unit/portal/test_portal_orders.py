"""Rows of one dossier that overtake one another, in every order there is, end in the case that they tell in order."""

import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest

from integrations.portal.rules import Fate, Implied, body_of, decide, event_id
from postal.errors import Conflict
from shipments.dossiers.rules import CaseEvent, CaseKind, Status, fold, judge
from tests.factories.portal import CODE, at

BEGUN = at("2026-11-23T08:00:00")
LATER = BEGUN + timedelta(days=30)
ANSWERS = {"54": CaseKind.SUPPLEMENTED, "64": CaseKind.FEE_PAID}
HISTORIES = ("249", "2549", "25464", "247", "2547", "28", "258", "27", "3")


def rows(history: str) -> list[Implied]:
    """Say a history, an hour a step, with its promise at the receipt and what answers something named."""
    return [
        Implied(
            status=Status(int(state)),
            at=BEGUN + timedelta(hours=number),
            kind=ANSWERS.get(before + state),
            due=BEGUN + timedelta(days=9) if state == "2" else None,
        )
        for number, (before, state) in enumerate(itertools.pairwise("1" + history), 1)
    ]


def taken(said: Sequence[Implied]) -> tuple[list[CaseEvent], list[Fate]]:
    """Take rows one after the other; what came too early is tried again until nothing comes of it."""
    first = event_id(CODE, Implied(status=Status.REGISTERED, at=BEGUN, kind=CaseKind.REGISTERED))
    events = [CaseEvent(id=first, kind=CaseKind.REGISTERED, at=BEGUN)]
    waiting, fates = list(said), []
    for _ in said:
        early = []
        for row in waiting:
            decided = decide(CODE, events, row, told=fold(events).status)
            if decided.fate is Fate.TOO_EARLY:
                early.append(row)
                continue
            fates.append(decided.fate)
            if decided.fate is Fate.STATE:
                body = body_of(row, decided.kind, fold(events).due_now, {})
                event = CaseEvent(id=event_id(CODE, row), kind=decided.kind, at=decided.at, body=body)
                try:
                    judge(events, event, LATER)
                except Conflict:
                    fates[-1] = Fate.STALE
                else:
                    events.append(event)
        waiting = early
    assert waiting == []
    return events, fates


@pytest.mark.parametrize("history", HISTORIES)
def test_every_order_of_rows_tells_the_same_case(history):
    wanted, fates = taken(rows(history))
    assert fates == [Fate.STATE] * len(history)
    assert fold(wanted).status is Status(int(history[-1]))
    for order in itertools.permutations(rows(history)):
        events, fates = taken(order)
        assert fates == [Fate.STATE] * len(history), [row.status.value for row in order]
        assert fold(events) == fold(wanted)


def test_what_nothing_missed_when_it_was_overtaken_counts_no_more_and_holds_up_nothing():
    # The end follows the work as well as the fee's payment; a fee that comes to light after it would take it away.
    for order in itertools.permutations(rows("24649")):
        events, fates = taken(order)
        assert set(fates) <= {Fate.STATE, Fate.STALE}
        assert fold(events).status is Status.DONE
        assert fold(events).flags == ()
