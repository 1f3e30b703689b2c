"""What a call says, how an event is known again, and when a receiver is given up."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from integrations.deliveries.rules import STANDARD
from integrations.feed.rules import Cursor, Event
from integrations.webhooks.rules import (
    Replay,
    Secret,
    body_of,
    failing_since,
    id_of,
    is_given_up,
    message_of,
    signing,
)
from postal.http.paging import decode_cursor, encode_cursor
from postal.ledger.rules import Stream

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)
WORDS = st.none() | st.text(max_size=64)


def an_event(**fields):
    given_fields = {
        "at": Cursor(7, 1, UUID(int=9), ""), "id": UUID(int=9), "content_hash": b"\1" * 32, "stream": Stream.SCAN,
        "kind": "receive", "code": "DH1", "occurred_at": NOW, "corrected_at": NOW, "received_at": NOW,
        "organisation": "BC-1", "verdict": "accepted", "place": None, "manifest": None, "container": None,
        "counterparty": None, "condition": None, "reason": None, "corrects": None,
    }  # fmt: skip
    return Event(**{**given_fields, **fields})


EVENTS = st.builds(
    an_event,
    kind=st.text(min_size=1, max_size=64), code=st.text(min_size=1, max_size=64), organisation=WORDS, place=WORDS,
    manifest=WORDS, container=WORDS, counterparty=WORDS, condition=WORDS, reason=WORDS, corrects=WORDS,
    stream=st.sampled_from(Stream),
)  # fmt: skip


@given(EVENTS)
def test_a_body_is_small_says_what_the_feed_says_and_where_to_read_on(event):
    message = message_of(ONE, event, encode_cursor(event.at))
    body = body_of(message.topic, message.payload)
    assert len(body) < 20_000
    assert body == body_of(message.topic, json.loads(json.dumps(message.payload)))
    said = json.loads(body)
    assert set(said) == {"type", "timestamp", "data"}
    assert said["type"] == f"{said['data']['stream']}.{event.kind}"
    assert said["data"]["code"] == message.subject == message.key == event.code
    assert decode_cursor(said["data"]["cursor"], Cursor) == event.at


def test_an_id_is_one_of_a_subscription_and_an_event_and_each_content_of_a_dispute():
    disputed = an_event(at=Cursor(8, 0, UUID(int=9), "ab" * 32), verdict="disputed")
    other = an_event(id=UUID(int=10))
    ids = {id_of(each, event) for each in (ONE, TWO) for event in (an_event(), disputed, other)}
    assert len(ids) == 6
    assert id_of(ONE, an_event()) == id_of(ONE, an_event(verdict="repeated"))


def test_the_table_of_retries_is_the_published_one():
    told = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    for number, seconds in enumerate(told):
        waits = {STANDARD.wait(UUID(int=n), number).total_seconds() for n in range(200)}
        assert all(seconds <= wait <= seconds * 1.1 for wait in waits)
        assert len(waits) > 100 or seconds == 0
    assert STANDARD.wait(ONE, len(told)) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=30))
def test_a_receiver_is_given_up_only_after_failing_all_the_time(tries):
    """Told try by try: hours pass, a call is taken or not, and somebody looks at how it stands."""
    at, delivered, failed, since, first = NOW, None, None, None, None
    for taken, hours in tries:
        at += timedelta(hours=hours)
        if taken:
            delivered, first = at, None
        else:
            failed, first = at, first or at
        since = failing_since(since, delivered, failed)
        assert since == first
        assert is_given_up(since, timedelta(days=5), at) == (
            first is not None and at - first >= timedelta(days=5)
        )


def test_a_receiver_that_nobody_called_is_not_failing():
    year = timedelta(days=365)
    assert failing_since(None, None, None) is None
    assert failing_since(None, NOW, NOW - year) is None
    assert failing_since(None, NOW - year, NOW) == NOW


def test_secrets_sign_until_their_end_the_newest_first():
    old = Secret(id=ONE, sealed=b"", made_at=NOW, valid_until=NOW + timedelta(hours=24))
    new = Secret(id=TWO, sealed=b"", made_at=NOW + timedelta(hours=1), valid_until=None)
    assert signing([old, new], NOW + timedelta(hours=2)) == [new, old]
    assert signing([old, new], NOW + timedelta(hours=24)) == [new]


def test_a_walk_sends_again_what_was_received_in_its_range():
    def covers(since, before, delivered=True):
        walk = Replay(
            until=Cursor(9, 0, ONE, ""), since=since, before=before, delivered=delivered, asked_at=NOW
        )
        return walk.covers(an_event())

    hour = timedelta(hours=1)
    assert covers(None, None)
    assert covers(NOW, NOW + hour)
    assert not covers(NOW - hour, NOW)
    assert not covers(NOW + hour, None)
    assert not covers(None, None, delivered=False)
