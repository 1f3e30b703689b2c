"""A trip is a function of the set of its rows."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from manifests.trips.rules import Trip, TripState, trip_of
from postal.ledger.rules import Content, Row, Stream, content_hash

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CODE = "CT-261123-K7M2QX"
OPENED = {"origin": "BC-1", "destination": "HUB-1", "carrier": "VC-1", "vehicle": "29C-123.45"}


def row(number: int, kind: str, minute: int, party: str = "BC-1", **body: object) -> Row:
    content = Content(
        id=UUID(int=(7 << 76) | (2 << 62) | number),
        stream=Stream.RECORD if kind.startswith("trip.") else Stream.SCAN,
        kind=kind,
        code=CODE,
        occurred_at=START + timedelta(minutes=minute),
        organisation=party,
        body=dict(body),
    )
    at = content.occurred_at
    return Row(content=content, received_at=at, corrected_at=at, content_hash=content_hash(content))


def opened(*rows: Row) -> Trip:
    trip = trip_of(CODE, [row(0, "trip.opened", 0, **OPENED), *rows], {})
    assert trip is not None
    return trip


def test_a_trip_that_nobody_opened_is_none() -> None:
    assert trip_of(CODE, [row(1, "depart", 1)], {}) is None


def test_what_was_loaded_is_aboard_until_it_is_unloaded() -> None:
    loaded = row(1, "trip.loaded", 1, manifests=["BK-1"], bags=["TUI-1", "TUI-2"])
    trip = opened(loaded, row(2, "depart", 2), row(3, "arrive", 3, "HUB-1", place="HUB-1"))
    assert [one.code for one in trip.aboard()] == ["BK-1", "TUI-1", "TUI-2"]
    assert (trip.state, trip.stops[-1].place) == (TripState.ARRIVED, "HUB-1")
    less = opened(loaded, row(2, "trip.unloaded", 4, bags=["TUI-1"]))
    assert [one.code for one in less.aboard()] == ["BK-1", "TUI-2"]
    again = opened(
        loaded, row(2, "trip.unloaded", 4, bags=["TUI-1"]), row(3, "trip.loaded", 5, bags=["TUI-1"])
    )
    assert len(again.aboard()) == 3


def test_a_departure_that_was_taken_back_did_not_happen() -> None:
    left = row(1, "depart", 1)
    back = row(2, "correct", 2, corrects=str(left.content.id))
    assert opened(left, back).state is TripState.OPEN


def test_who_may_know_of_a_trip_and_who_drives_it() -> None:
    trip = opened()
    assert trip.parties == {"BC-1", "VC-1", "HUB-1"}
    assert trip.crew == {"BC-1", "VC-1"}


STORIES = st.lists(
    st.tuples(
        st.sampled_from(("trip.opened", "trip.loaded", "trip.unloaded", "depart", "arrive", "correct")),
        st.integers(0, 9),
        st.sets(st.sampled_from(("TUI-1", "TUI-2", "TUI-3"))),
        st.sampled_from(("BC-1", "HUB-1")),
        st.integers(0, 8),
    ),
    max_size=8,
)


@given(STORIES, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_arrive_says_nothing(story, order) -> None:
    rows = []
    for number, (kind, minute, bags, party, target) in enumerate(story):
        body = {"bags": sorted(bags)} if kind.startswith("trip.") else {}
        if kind == "trip.opened":
            body = OPENED
        if kind == "correct":
            body = {"corrects": str(UUID(int=(7 << 76) | (2 << 62) | target))}
        rows.append(row(number, kind, minute, party, **body))
    shuffled = [*rows, *rows[:2]]
    order.shuffle(shuffled)
    assert trip_of(CODE, shuffled, {}) == trip_of(CODE, rows, {})
