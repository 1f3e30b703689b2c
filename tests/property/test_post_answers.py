"""Answers of a partner, in any order and however often: the newest one holds, and the scans say what it says."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from integrations.post.rules.despatches import OUTCOMES, SEEN, AnswerLine, Reply
from integrations.post.rules.replies import scans_of, taken

DESPATCH = UUID("019a0000-0000-7000-8000-000000000001")
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PIECES = ("P1", "P2", "P3")

said = st.sampled_from([None, *sorted(set(OUTCOMES.values()) - {"contested"})])
moments = st.integers(0, 3).map(lambda n: START + timedelta(minutes=n))


@st.composite
def lines(draw):
    outcomes = {piece: draw(said) for piece in PIECES}
    return tuple(
        AnswerLine(piece=piece, outcome=outcome, condition="damaged" if outcome == "damaged" else None)
        for piece, outcome in outcomes.items()
        if outcome is not None
    )


@st.composite
def numbered(draw):
    """Give answers of one partner, and an order in which they come, some of them twice."""
    replies = [
        Reply(despatch="BK-1", number=n, at=draw(moments), lines=draw(lines()))
        for n in range(1, draw(st.integers(1, 5)) + 1)
    ]
    coming = draw(st.permutations([*replies, *draw(st.lists(st.sampled_from(replies), max_size=3))]))
    return replies, coming


class Ledger:
    """The scans as the service would keep them: receipts by id, and which of them were taken back."""

    def __init__(self):
        self.answers, self.receipts, self.back = [], {}, {}

    def take(self, reply):
        outcome, answer = taken(self.answers, reply)
        if answer is None:
            return outcome
        self.answers.append(answer)
        found = scans_of(DESPATCH, self.answers)
        for one in found.taken_back:
            assert one.receipt.scan in self.receipts, "only what was scanned is taken back"
            # As the fold of custody demands of a correction: later, and where clocks agree by the id.
            assert (one.at, one.scan) > (one.receipt.at, one.receipt.scan)
            self.back.setdefault(one.receipt.scan, one.scan)
            assert self.back[one.receipt.scan] == one.scan, "a scan is taken back once"
        for one in found.receipts:
            assert one.scan not in self.receipts, "a new receipt is a new scan"
            self.receipts[one.scan] = one
        return outcome

    def standing(self):
        """Give the last condition that stands of each piece, in the order of the scans' making."""
        return {
            one.line.piece: one.line.condition for scan, one in self.receipts.items() if scan not in self.back
        }


@given(numbered())
def test_in_whatever_order_answers_come_the_scans_say_what_the_newest_says(made):
    replies, coming = made
    ledger = Ledger()
    for reply in coming:
        ledger.take(reply)
    newest = replies[-1]
    assert ledger.answers[-1].number == newest.number
    assert ledger.standing() == {line.piece: line.condition for line in newest.lines if line.outcome in SEEN}
    kept = len(ledger.answers), len(ledger.receipts), len(ledger.back)
    assert {ledger.take(reply) for reply in replies} <= {"repeated", "stale"}
    assert (len(ledger.answers), len(ledger.receipts), len(ledger.back)) == kept


@given(numbered())
def test_answers_without_numbers_go_by_their_own_time(made):
    replies, coming = made
    at = {reply.number: START + timedelta(minutes=reply.number) for reply in replies}
    ledger = Ledger()
    for reply in coming:
        ledger.take(replace(reply, number=None, at=at[reply.number]))
    assert ledger.standing() == {
        line.piece: line.condition for line in replies[-1].lines if line.outcome in SEEN
    }


@given(lines(), lines())
def test_a_claim_of_two_neither_makes_nor_takes_back_a_scan(first, last):
    ledger = Ledger()
    ledger.take(Reply(despatch="BK-1", number=1, at=START, lines=first))
    before = ledger.standing()
    ledger.take(
        Reply(
            despatch="BK-1",
            number=2,
            at=START,
            lines=tuple(AnswerLine(piece=piece, outcome="contested") for piece in PIECES),
        )
    )
    assert ledger.standing() == before
    ledger.take(Reply(despatch="BK-1", number=3, at=START, lines=last))
    assert ledger.standing().keys() == {line.piece for line in last if line.outcome in SEEN}
