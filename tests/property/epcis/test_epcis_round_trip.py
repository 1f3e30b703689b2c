"""A row told as an event and read back is the same row, for every kind that maps; and every event is GS1's."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from integrations.epcis.rules.checking import check_event
from integrations.epcis.rules.hashing import event_id
from integrations.epcis.rules.outward import event_of
from integrations.epcis.rules.returning import said_from
from tests.factories.epcis import CORRECT, NAMES, PLAIN_KINDS, document, said, schema

CHECKED = schema()


@given(said())
def test_a_row_told_and_read_back_loses_nothing(row):
    assert said_from(event_of(row, None, NAMES), NAMES) == (row, None)


@given(said(PLAIN_KINDS), said((CORRECT,)))
def test_a_correction_tells_both_rows(original, correcting):
    original = replace(original, verdict="accepted")
    correcting = replace(correcting, code=original.code, giver=None, receiver=None, carrier=None, lines=())
    event = event_of(correcting, original, NAMES)
    told, taken_back = said_from(event, NAMES)
    assert told == correcting
    assert replace(taken_back, received_at=original.received_at) == original
    assert event["eventID"] == event_of(original, None, NAMES)["eventID"]


@given(st.lists(said(), min_size=1, max_size=4))
def test_every_document_is_one_of_gs1s_schema_and_of_our_stricter_reading(rows):
    events = [event_of(row, None, NAMES) for row in rows]
    CHECKED.validate(document(*events))
    for event in events:
        assert check_event(event, NAMES.namespaces) == []
        assert event["eventID"] == event_id(event, NAMES.namespaces)
