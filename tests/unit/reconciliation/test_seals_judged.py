"""A seal that differs from the one that was stated, or is missing, is judged: damaged, why, and who answers for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from manifests.reconciliation.rules import LineClass
from manifests.reconciliation.rules.seals import check_of
from postal.ledger.rules import Stream
from tests.factories.manifests import GIVER, RECEIVER, at, handover, scan
from tests.unit.reconciliation.test_classes import judge, line_of


def sealing(number, seal, minute=-30, kind="container.closed", organisation=GIVER, code="A"):
    """Close or repack a piece under a seal."""
    row = scan(number, kind, code, organisation, minute=minute, manifest=None, seal=stated(seal))
    return replace(row, content=replace(row.content, stream=Stream.RECORD))


def stated(number, state="intact"):
    return {"number": number, "state": state} if number else {"state": state}


CLOSED = sealing(1, "NP-1")
CASES = {
    "the same number": ((CLOSED, scan(2, "receive", "A", seal=stated("NP-1"))), "matched", None, RECEIVER),
    "no number told": ((CLOSED, scan(2, "receive", "A")), "matched", None, RECEIVER),
    "no number read": ((CLOSED, scan(2, "receive", "A", seal=stated(None))), "matched", None, RECEIVER),
    "another number": (
        (CLOSED, scan(2, "receive", "A", seal=stated("NP-2"))),
        "damaged",
        "seal_differs",
        GIVER,
    ),
    "no seal on it": (
        (CLOSED, scan(2, "receive", "A", seal=stated(None, "missing"))),
        "damaged",
        "seal_missing",
        GIVER,
    ),
    "refused for its seal": (
        (CLOSED, scan(2, "refuse", "A", seal=stated("NP-2"))),
        "damaged",
        "seal_differs",
        GIVER,
    ),
    "what the giver said last counts": (
        (
            CLOSED,
            scan(3, "offer", "A", GIVER, minute=5, seal=stated("NP-3")),
            scan(2, "receive", "A", seal=stated("NP-3")),
        ),
        "matched",
        None,
        RECEIVER,
    ),
    "a broken seal is told first": (
        (CLOSED, scan(2, "receive", "A", seal=stated("NP-2", "broken"))),
        "damaged",
        "seal_broken",
        GIVER,
    ),
    "another number after it was taken as whole": (
        (
            CLOSED,
            scan(2, "receive", "A", condition="intact", seal=stated("NP-1")),
            scan(4, "hold", "A", minute=60, seal=stated("NP-2")),
        ),
        "damaged",
        "seal_differs",
        RECEIVER,
    ),
    "a new seal after the receiver's own inventory": (
        (
            CLOSED,
            scan(2, "receive", "A", seal=stated("NP-1")),
            sealing(3, "NP-9", 40, "container.inventoried", RECEIVER),
            scan(4, "hold", "A", minute=60, seal=stated("NP-9")),
        ),
        "matched",
        None,
        RECEIVER,
    ),
    "the seal of the bag that it goes into": (
        (
            CLOSED,
            scan(2, "receive", "A"),
            scan(3, "pack", "A", minute=50, container="TUI-1", seal=stated("X")),
        ),
        "matched",
        None,
        RECEIVER,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_receivers_word_on_the_seal_is_judged(name):
    rows, line_class, reason, answers = CASES[name]
    line = line_of(judge(handover("A"), *rows))
    assert (line.line_class, line.evidence.reason, line.answers) == (line_class, reason, answers)
    assert (line.evidence.seal is not None) is (reason is not None)


def test_the_evidence_has_both_numbers_and_the_scan():
    line = line_of(judge(handover("A"), CLOSED, scan(2, "receive", "A", seal=stated("NP-2"))))
    seal = line.evidence.seal
    assert (seal.flag, seal.stated, seal.found) == ("seal_differs", "NP-1", "NP-2")
    assert seal.row == line.evidence.changed_by == line.evidence.receiver[0]


def test_a_seal_that_was_closed_later_than_the_handover_says_nothing_of_it():
    later = sealing(5, "NP-5", 200)
    line = line_of(judge(handover("A"), CLOSED, later, scan(2, "receive", "A", seal=stated("NP-1"))))
    assert line.line_class is LineClass.MATCHED
    assert at(30) < later.corrected_at


told = st.lists(
    st.tuples(
        st.sampled_from(("set", "giver", "receiver")),
        st.sampled_from((None, "1", "2")),
        st.sampled_from(("intact", "broken", "missing")),
        st.integers(0, 50),
    ),
    max_size=8,
)


@given(told, st.randoms(use_true_random=False))
def test_what_is_flagged_was_said_by_the_receiver_and_is_no_matter_of_order(said, random):
    sides = {"set": [], "giver": [], "receiver": []}
    for n, (side, number, state, minute) in enumerate(said):
        if side == "set":
            sides[side].append(sealing(n, number or "0", minute))
        else:
            by = GIVER if side == "giver" else RECEIVER
            sides[side].append(scan(n, "arrive", "A", by, minute=minute, seal=stated(number, state)))
    found = check_of(sides["set"], sides["giver"], sides["receiver"])
    for rows in sides.values():
        random.shuffle(rows)
    assert check_of(sides["set"], sides["giver"], sides["receiver"]) == found
    if found is None:
        assert not any(row.content.body["seal"]["state"] == "missing" for row in sides["receiver"])
        return
    assert found.row in {row.content.id for row in sides["receiver"]}
    assert found.flag == "seal_missing" or (
        None not in (found.stated, found.found) and found.stated != found.found
    )
