"""Who gets a waiting piece next, how urgent it is, and what a vehicle takes."""

from datetime import UTC, datetime, timedelta

import pytest

from manifests.planning.rules import (
    Capacity,
    Departures,
    Left,
    Ready,
    Urgency,
    Waiting,
    departures,
    judge,
    next_party,
    plan,
    urgency_of,
    why_left,
)
from postal.calendars.rules import Calendar, Hours, WorkingTime
from postal.network.rules import Kind
from shipments.pieces.rules import PieceKind

OFFICE_HOURS = WorkingTime(
    Calendar(
        code="T",
        zone="Asia/Ho_Chi_Minh",
        hours=tuple(Hours(weekday=day, opens=450, closes=1020) for day in range(5)),
    )
)
FRIDAY = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
MONDAY = FRIDAY + timedelta(days=3)
LEAVING = Departures(FRIDAY, MONDAY)


def waiting(code="P", destination="MC-2", *, home="BC-1", returning=False, **more):
    return Waiting(code=code, destination=destination, home=home, returning=returning, **more)


@pytest.mark.parametrize(
    ("piece", "giver", "giver_kind", "receiver", "kind", "expected"),
    [
        (waiting(), "BC-1", Kind.POST_OFFICE, None, None, "MC-2"),
        (waiting(), "BC-1", Kind.POST_OFFICE, "MC-2", Kind.DESK, "MC-2"),
        (waiting(), "BC-1", Kind.POST_OFFICE, "MC-3", Kind.DESK, None),
        (waiting(), "BC-1", Kind.POST_OFFICE, "HUB", Kind.HUB, "HUB"),
        (waiting(), "BC-1", Kind.POST_OFFICE, "BC-9", Kind.POST_OFFICE, None),
        (waiting(), "MC-2", Kind.DESK, None, None, None),
        (waiting(), "MC-2", Kind.DESK, "BC-1", Kind.POST_OFFICE, None),
        (waiting(destination="CITIZEN"), "MC-2", Kind.DESK, None, None, None),
        (waiting(destination="CITIZEN", office="BC-1"), "MC-2", Kind.DESK, None, None, "BC-1"),
        (waiting(destination="CITIZEN", office="BC-1"), "BC-1", Kind.POST_OFFICE, None, None, None),
        (waiting(destination="CITIZEN"), "MC-2", Kind.DESK, "BC-1", Kind.POST_OFFICE, "BC-1"),
        (waiting(destination="CITIZEN"), "BC-1", Kind.POST_OFFICE, "HUB", Kind.HUB, None),
        (
            waiting(destination="CITIZEN", home="MC-2", returning=True),
            "BC-1",
            Kind.POST_OFFICE,
            None,
            None,
            "MC-2",
        ),
    ],
)
def test_the_next_party_of_a_piece(piece, giver, giver_kind, receiver, kind, expected):
    assert next_party(piece, giver, giver_kind, receiver, kind) == expected


@pytest.mark.parametrize(
    ("piece", "giver", "receiver", "expected"),
    [
        (waiting(), "MC-2", None, Left.AT_DESTINATION),
        (waiting(destination="CITIZEN"), "MC-2", None, Left.NO_RECEIVER),
        (waiting(), "BC-1", "MC-3", Left.OTHER_RECEIVER),
    ],
)
def test_a_piece_that_stays_says_why(piece, giver, receiver, expected):
    assert why_left(piece, giver, receiver) is expected


def test_the_next_departure_is_at_the_same_hour_of_the_next_working_day():
    found = departures(FRIDAY - timedelta(hours=3), FRIDAY, OFFICE_HOURS)
    assert found == Departures(FRIDAY, MONDAY)
    assert departures(FRIDAY, None, OFFICE_HOURS).at == FRIDAY


@pytest.mark.parametrize(
    ("leave_by", "expected"),
    [
        (None, Urgency.NONE),
        (FRIDAY - timedelta(seconds=1), Urgency.LATE),
        (FRIDAY, Urgency.NOW),
        (MONDAY - timedelta(seconds=1), Urgency.NOW),
        (MONDAY, Urgency.LATER),
    ],
)
def test_a_departure_saves_what_the_next_one_would_not(leave_by, expected):
    assert urgency_of(leave_by, LEAVING) is expected


def judged(**more):
    travel, transit = more.pop("travel", timedelta(hours=12)), more.pop("transit", None)
    return judge(
        waiting(**more), receiver="MC-2", left=None, transit_due=transit, travel=travel, leaving=LEAVING
    )


def test_the_first_limit_decides_less_the_time_on_the_way():
    piece = judged(due=MONDAY, clock="C1", transit=MONDAY + timedelta(days=2))
    assert (piece.limit, piece.due, piece.leave_by) == ("C1", MONDAY, MONDAY - timedelta(hours=12))
    assert judged(due=MONDAY, clock="C1", transit=FRIDAY).limit == "J+n"
    assert judged().urgency is Urgency.NONE


def test_the_wait_for_the_post_ends_with_the_handover_itself():
    assert judged(due=MONDAY, clock="C5").leave_by == MONDAY


def ready(code, receiver="A", urgency=Urgency.NONE, hours=None, kind=PieceKind.ITEM):
    leave_by = None if hours is None else FRIDAY + timedelta(hours=hours)
    return Ready(code=code, receiver=receiver, urgency=urgency, leave_by=leave_by, kind=kind)


def test_one_receiver_a_manifest_and_none_too_long():
    pieces = [ready(code, "B") for code in ("3", "1", "2")] + [ready("4", "A")]
    planned = plan(pieces, Capacity(lines=2))
    assert [(one.receiver, one.codes) for one in planned.groups] == [
        ("A", ("4",)),
        ("B", ("1", "2")),
        ("B", ("3",)),
    ]
    assert len(plan(pieces, Capacity()).groups) == 2


def test_a_full_vehicle_leaves_the_least_urgent_and_says_so():
    pieces = [
        ready("later", "A", Urgency.LATER, 90),
        ready("late", "A", Urgency.LATE, -5),
        ready("now", "B", Urgency.NOW, 3),
        ready("bag", "A", Urgency.NONE, kind=PieceKind.BAG),
        ready("second-bag", "A", Urgency.NONE, kind=PieceKind.BAG),
    ]
    planned = plan(pieces, Capacity(items=2, bags=1))
    assert [(one.receiver, one.codes) for one in planned.groups] == [("B", ("now",)), ("A", ("late", "bag"))]
    assert [(one.code, one.left) for one in planned.left] == [
        ("later", Left.VEHICLE_FULL),
        ("second-bag", Left.VEHICLE_FULL),
    ]
