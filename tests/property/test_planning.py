"""The laws of planning, for any demand, any vehicle and any order."""

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from manifests.planning.rules import Capacity, Departures, Left, Ready, plan, rank, urgency_of
from shipments.pieces.rules import PieceKind

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEAVING = Departures(AT, AT + timedelta(days=1))


@st.composite
def demand(draw):
    leave_by = draw(st.none() | st.integers(-60, 60).map(lambda hours: AT + timedelta(hours=hours)))
    receiver = draw(st.sampled_from(["A", "B", "C", None]))
    return Ready(
        code=f"P{draw(st.integers(0, 60)):02d}",
        kind=draw(st.sampled_from([PieceKind.ITEM, PieceKind.BAG, PieceKind.RESULT])),
        receiver=receiver,
        left=None if receiver else Left.NO_RECEIVER,
        urgency=urgency_of(leave_by, LEAVING),
        leave_by=leave_by,
    )


demands = st.lists(demand(), max_size=40, unique_by=lambda piece: piece.code)
few = st.none() | st.integers(0, 12)
capacities = st.builds(Capacity, items=few, bags=few, lines=st.none() | st.integers(1, 5))


def loaded(planned):
    return [piece for group in planned.groups for piece in group.pieces]


@given(demands, capacities)
def test_every_piece_is_planned_once_or_told_why_not(pieces, capacity):
    planned = plan(pieces, capacity)
    assert Counter(one.code for one in (*loaded(planned), *planned.left)) == Counter(
        one.code for one in pieces
    )
    assert all(piece.left is not None for piece in planned.left)
    assert all(piece.left is None for piece in loaded(planned))


@given(demands, capacities)
def test_nothing_holds_more_than_it_may(pieces, capacity):
    planned = plan(pieces, capacity)
    bags = sum(one.kind is PieceKind.BAG for one in loaded(planned))
    assert capacity.bags is None or bags <= capacity.bags
    assert capacity.items is None or len(loaded(planned)) - bags <= capacity.items
    assert all(capacity.lines is None or len(group.pieces) <= capacity.lines for group in planned.groups)
    assert all(piece.receiver == group.receiver for group in planned.groups for piece in group.pieces)


@given(demands, capacities)
def test_no_piece_stays_for_a_less_urgent_one(pieces, capacity):
    planned = plan(pieces, capacity)
    for stays in planned.left:
        if stays.left is Left.VEHICLE_FULL:
            rivals = [
                one for one in loaded(planned) if (one.kind is PieceKind.BAG) == (stays.kind is PieceKind.BAG)
            ]
            assert all(rank(one) < rank(stays) for one in rivals)
            assert (capacity.bags if stays.kind is PieceKind.BAG else capacity.items) == len(rivals)


@given(demands, capacities)
def test_within_a_receiver_the_more_urgent_stand_first(pieces, capacity):
    by_receiver = {}
    for group in plan(pieces, capacity).groups:
        by_receiver.setdefault(group.receiver, []).extend(group.pieces)
    for listed in by_receiver.values():
        assert listed == sorted(listed, key=rank)
    firsts = [rank(listed[0])[:2] for listed in by_receiver.values()]
    assert firsts == sorted(firsts)


@given(demands, capacities, st.randoms())
def test_the_order_and_repetition_of_the_input_are_nothing(pieces, capacity, chance):
    shuffled = [*pieces, *chance.sample(pieces, min(3, len(pieces)))]
    chance.shuffle(shuffled)
    assert plan(shuffled, capacity) == plan(pieces, capacity)


def test_ten_thousand_pieces_are_planned_in_no_more_time_a_piece():
    chance = random.Random(4)

    def took(count):
        pieces = [
            Ready(
                code=f"P{number}",
                receiver=f"MC-{chance.randrange(50)}",
                leave_by=(leave_by := AT + timedelta(minutes=chance.randrange(-3000, 9000))),
                urgency=urgency_of(leave_by, LEAVING),
            )
            for number in range(count)
        ]
        begin = time.process_time()
        planned = plan(pieces, Capacity(items=count // 2, lines=500))
        assert len(loaded(planned)) == count // 2
        return time.process_time() - begin

    # Quadratic work would take a hundred times as long. Time of the processor, so that others do not matter.
    assert min(took(10_000) for _ in range(3)) < 40 * min(took(1_000) for _ in range(3))
