"""Messages of the post: what is written is read back, in both forms, and no bytes whatever are a failure of ours."""

import copy
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from integrations.post.rules.despatches import (
    AnnouncedItem,
    Announcement,
    Answer,
    AnswerLine,
    Receptacle,
    digest_of,
    predes_json,
    read_predes,
    read_resdes,
    resdes_json,
)
from integrations.post.rules.events import (
    DOMESTIC,
    EventMessage,
    ItemEvent,
    message_json,
    read_event,
    read_header,
)
from integrations.post.rules.lines import parsed, written
from integrations.post.rules.orders import read_order
from integrations.post.rules.reading import decoded, object_of, rows_of
from postal.errors import PostalError
from shipments.pieces.rules import is_s10, s10

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PREFIXES = ("DH", "DK", "EA", "RR")
codes = st.builds(s10, st.sampled_from(PREFIXES), st.integers(0, 99_999_999))
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,20}", fullmatch=True)
moments = st.integers(0, 10**9).map(lambda n: NOW - timedelta(milliseconds=n))
seals = st.sampled_from([None, "intact", "broken", "missing"])

item_events = st.builds(
    ItemEvent,
    sequence=st.integers(1, 2**40),
    item=codes,
    code=st.sampled_from(sorted(DOMESTIC)),
    at=moments,
    office=names,
    despatch=st.none() | names,
    receptacle=st.none() | names,
    condition=st.sampled_from([None, "intact", "damaged", "opened", "seal_broken"]),
    reason=st.sampled_from([None, "10", "99"]),
    action=st.sampled_from([None, "1", "4"]),
)
messages = st.builds(
    EventMessage,
    sender=names,
    journal=names,
    prepared_at=moments,
    last=st.integers(0, 2**40),
    events=st.lists(item_events, max_size=5).map(tuple),
)


@given(messages)
def test_events_are_read_back_as_they_were_written_in_json_and_in_lines(message):
    as_json = decoded(msgspec.json.encode(message_json(message)))
    as_lines = parsed(written(message).encode())
    for given_ in (as_json, as_lines):
        header = read_header(given_, NOW)
        assert (header.journal, header.prepared_at, header.last) == (
            message.journal,
            message.prepared_at,
            message.last,
        )
        assert tuple(read_event(row, NOW) for row in given_["events"]) == message.events


@st.composite
def announcements(draw):
    bags = draw(
        st.lists(st.builds(Receptacle, code=names, seal=st.none() | names, seal_state=seals), max_size=3)
    )
    bags = list({bag.code: bag for bag in bags}.values())
    holding = st.sampled_from([None, *(bag.code for bag in bags)])
    pieces = draw(st.lists(codes, min_size=1, max_size=6, unique=True))
    grams = st.none() | st.integers(1, 1_000_000)
    made = Announcement(
        number=draw(names),
        giver=draw(names),
        receiver=draw(names),
        prepared_at=draw(moments),
        departed_at=draw(st.none() | moments),
        digest=None,
        sealed=draw(st.none() | st.just("0" * 64)),
        receptacles=tuple(bags),
        items=tuple(
            AnnouncedItem(piece=piece, receptacle=draw(holding), grams=draw(grams)) for piece in pieces
        ),
    )
    return msgspec.structs.replace(made, digest=draw(st.sampled_from([None, digest_of(made)])))


@given(announcements())
def test_a_pre_advice_is_read_back_as_it_was_written(announcement):
    assert read_predes(decoded(msgspec.json.encode(predes_json(announcement))), NOW) == announcement


outcomes = st.sampled_from(
    ["received", "missing", "extra", "damaged", "misrouted", "unverified", "contested", "awaiting_device"]
)


@given(
    st.lists(st.tuples(codes, outcomes), max_size=6, unique_by=lambda line: line[0]),
    names,
    moments,
    st.integers(1, 9),
)
def test_an_answer_is_read_back_as_it_was_written(lines, number, at, n):
    said = tuple(
        AnswerLine(piece=piece, outcome=outcome, condition="damaged" if outcome == "damaged" else None)
        for piece, outcome in lines
    )
    message = resdes_json(Answer(despatch=number, number=n, at=at, lines=said), "MC-1")
    reply = read_resdes(decoded(msgspec.json.encode(message)), NOW)
    assert (reply.despatch, reply.number, reply.at, reply.lines) == (number, n, at, said)
    assert message["final"] is not any(o in {"missing", "awaiting_device", "unverified"} for _, o in lines)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
WHOLE = [
    message_json(
        EventMessage(
            sender="BC-1",
            journal="2026",
            prepared_at=NOW,
            last=1,
            events=(ItemEvent(sequence=1, item=s10("DH", 7), code="EMA", at=NOW, office="BC-1"),),
        )
    ),
    {"orderNumber": "D-1", "govAgencyCode": "MC-1", "sender": {"Name": "An"}, "itemCode": s10("DH", 7)},
    predes_json(
        Announcement(
            number="V-1",
            giver="BC-1",
            receiver="MC-1",
            prepared_at=NOW,
            departed_at=None,
            digest=None,
            receptacles=(),
            items=(AnnouncedItem(piece=s10("DH", 7)),),
        )
    ),
]


READERS = (
    lambda value: [read_event(row, NOW).item for row in rows_of(object_of(value), "events")],
    lambda value: [read_order(value).item],
    lambda value: [each.piece for each in read_predes(object_of(value), NOW).items],
    lambda value: read_header(object_of(value), NOW) and [],
    lambda value: read_resdes(object_of(value), NOW) and [],
)


def refusal_of(read, *given_):
    """Give what reading gave, and the refusal it ended in; anything but our own refusals is a failure."""
    try:
        return read(*given_), None
    except PostalError as refused:
        return [], refused


def read_all(value):
    """Read a value as every kind of message; gives the item codes of whatever was accepted."""
    accepted = []
    for read in READERS:
        found, refused = refusal_of(read, value)
        assert refused is None or (refused.code.startswith("post.") and refused.vi and refused.en)
        accepted += [code for code in found or [] if code is not None]
    return accepted


@given(st.sampled_from(WHOLE), st.data())
def test_a_message_with_one_field_spoiled_is_refused_with_a_code_or_holds_only_right_codes(whole, data):
    spoiled = copy.deepcopy(whole)
    within = spoiled
    while isinstance(within, dict | list) and within:
        key = data.draw(st.sampled_from(sorted(within) if isinstance(within, dict) else range(len(within))))
        if not isinstance(within[key], dict | list) or data.draw(st.booleans()):
            within[key] = data.draw(anything | st.from_regex(r"[A-Z]{2}[0-9]{9}(VN|CN)", fullmatch=True))
            break
        within = within[key]
    assert all(map(is_s10, read_all(spoiled)))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"H|{text}".encode()))
def test_no_bytes_are_more_than_a_refusal(raw):
    for read in (decoded, parsed):
        value, refused = refusal_of(read, raw)
        if refused is None:
            read_all(value)
        else:
            assert refused.code.startswith("post.")


@given(messages, st.data())
def test_lines_cut_anywhere_are_refused_unless_only_the_last_line_feed_is_missing(message, data):
    whole = written(message).encode()
    cut = whole[: data.draw(st.integers(0, len(whole) - 2))]
    _, refused = refusal_of(parsed, cut)
    assert refused is not None
    assert refused.code in {"post.cut_short", "post.no_header"}
