"""Laws of letters of apology: arrival order does not matter, first promises stay, letters precede promises."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import Content, Row, Stream
from shipments.apologies.rules import SENT, Timing, apologies_of, draft_from, reach, send_by
from shipments.dossiers.rules import Dossier, ServiceMode, Status, events_of
from shipments.dossiers.rules.supplements import supplements_of
from tests.factories.calendars import administrative

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DOSSIER = Dossier(
    code="H57-20261123-0000001",
    procedure="9.000001",
    procedure_version=1,
    authority="H57.01",
    desk="MC-HUE",
    office=None,
    service_mode=ServiceMode.RETURN,
    registered_at=START,
    registered_by=None,
    status=Status.RECEIVED,
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "due": st.integers(0, 100).map(lambda hours: (START + timedelta(hours=hours)).isoformat()),
        "apology": st.just("12/XL"),
        "number": st.just("13/XL"),
        "items": st.lists(st.integers(1, 9), max_size=3),
        "override": st.booleans(),
        "decision": st.just("7/QĐ"),
    },
)


def row(number, kind, hours, body):
    at = START + timedelta(hours=hours)
    stream = Stream.RECORD if kind == SENT else Stream.CASE
    content = Content(
        id=UUID(int=number), stream=stream, kind=kind, code=DOSSIER.code, occurred_at=at, body=body
    )
    return Row(content=content, received_at=at, corrected_at=at, content_hash=b"")


KINDS = ("received", "supplement_requested", "supplemented", "extended", "completed", SENT)
rows = st.lists(
    st.builds(row, st.integers(1, 30), st.sampled_from(KINDS), st.integers(0, 20), bodies),
    max_size=20,
    unique_by=lambda one: one.content.id,
)


@given(rows=rows, data=st.data())
def test_any_order_and_repetition_of_rows_gives_the_same_letters_and_requests(rows, data):
    shuffled = data.draw(st.permutations(rows))
    letters = apologies_of(DOSSIER, rows)
    assert apologies_of(DOSSIER, [*shuffled, *rows]) == letters
    asked = supplements_of(DOSSIER, events_of(DOSSIER.code, rows), {})
    assert supplements_of(DOSSIER, events_of(DOSSIER.code, [*shuffled, *rows]), {}) == asked
    kinds = [one.content.kind for one in rows]
    assert len(letters) == kinds.count("extended") + kinds.count(SENT)
    extended = [one.ordinal for one in letters if one.kind == "extension"]
    assert extended == list(range(1, len(extended) + 1))
    assert [one.ordinal for one in asked] == list(range(1, kinds.count("supplement_requested") + 1))
    assert all(one.answered_at is None or one.answered_at >= one.at for one in asked)


@given(rows=rows)
def test_no_letter_moves_the_promise_that_it_asks_pardon_for(rows):
    without = [one for one in rows if one.content.kind not in ("extended", SENT)]
    for letter in apologies_of(DOSSIER, rows):
        alone = next(one for one in rows if one.content.id == letter.row)
        (only,) = apologies_of(DOSSIER, [*without, alone])
        assert only.promised == letter.promised


@given(
    begun=st.integers(0, 60 * 24 * 365 * 3),
    length=st.integers(1, 60 * 24 * 60),
    days=st.integers(0, 5),
    working=st.booleans(),
)
def test_a_letter_goes_out_before_the_promise_and_is_drafted_when_it_is_within_reach(
    begun, length, days, working
):
    time, timing = administrative(), Timing(days, working, 50, 2)
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=begun)
    due = time.closes(time.add_working_days(time.local_day(start + timedelta(minutes=length)), 0))
    latest, drafted = send_by(time, due, timing), draft_from(time, start, due, timing)
    assert latest <= due
    assert time.working_days_between(time.local_day(latest), time.local_day(due)) <= days
    if days and working:
        assert time.is_working_day(time.local_day(latest))
    assert reach(time, drafted, timing) >= due
