"""Each format as it is written today, byte for byte: a partner's program is built against it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

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
from integrations.post.rules.events import EventMessage, ItemEvent, message_json, read_event, read_header
from integrations.post.rules.lines import parsed, written
from integrations.post.rules.orders import Order, OrderState, read_order, status_message

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LETTER, HOME = "DH123456785VN", "DK473124829VN"

EVENTS = EventMessage(
    sender="BC-1",
    journal="2026",
    prepared_at=AT,
    last=3,
    events=(
        ItemEvent(sequence=1, item=LETTER, code="EMA", at=AT - timedelta(hours=2), office="BC-1"),
        ItemEvent(
            sequence=2,
            item=LETTER,
            code="EMC",
            at=AT - timedelta(hours=1),
            office="BC-1",
            receptacle="TUI-01",
        ),
        ItemEvent(
            sequence=3,
            item=HOME,
            code="EMH",
            at=AT,
            office="BC-1",
            despatch="BK-261123-ABCDEF",
            condition="intact",
            reason="11",
            action="1",
        ),
    ),
)
LIST = Announcement(
    number="BK-261123-ABCDEF",
    giver="MC-1",
    receiver="BC-1",
    prepared_at=AT,
    departed_at=AT + timedelta(minutes=5),
    digest=None,
    sealed="ab" * 32,
    receptacles=(Receptacle(code="TUI-01", seal="NP-1", seal_state="intact"),),
    items=(AnnouncedItem(piece=LETTER, receptacle="TUI-01", grams=120), AnnouncedItem(piece=HOME)),
)
SENT = msgspec.structs.replace(LIST, digest=digest_of(LIST))
ANSWER = Answer(
    despatch="BK-261123-ABCDEF",
    number=2,
    at=AT + timedelta(hours=1),
    lines=(
        AnswerLine(piece=LETTER, outcome="damaged", condition="seal_broken", before="missing"),
        AnswerLine(piece=HOME, outcome="received"),
    ),
)
ORDER = Order(
    code="DG-261123-ABCDEFGH",
    partner="vnp",
    number="D-1",
    version=2,
    state=OrderState.COLLECTING,
    office="BC-1",
    agency="MC-1",
    dossier=None,
    item=LETTER,
    cod=25_000,
    registered_at=AT,
    changed_at=AT,
)


def as_json(message):
    return (msgspec.json.format(msgspec.json.encode(message), indent=2) + b"\n").decode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("emsevt.json", as_json(message_json(EVENTS))),
        ("emsevt.txt", written(EVENTS)),
        ("predes.json", as_json(predes_json(SENT))),
        ("resdes.json", as_json(resdes_json(ANSWER, "BC-1"))),
        ("order-status.json", as_json(status_message(ORDER))),
    ],
)
def test_a_message_is_written_as_the_golden_file_has_it(name, text):
    assert text == (GOLDEN / name).read_text()


def test_golden_messages_are_read_back():
    later = AT + timedelta(days=1)
    given = parsed((GOLDEN / "emsevt.txt").read_bytes())
    assert tuple(read_event(row, later) for row in given["events"]) == EVENTS.events
    assert read_header(given, later).last == EVENTS.last
    assert read_predes(msgspec.json.decode((GOLDEN / "predes.json").read_bytes()), later) == SENT
    reply = read_resdes(msgspec.json.decode((GOLDEN / "resdes.json").read_bytes()), later)
    assert [(line.piece, line.outcome) for line in reply.lines] == [(LETTER, "damaged"), (HOME, "received")]
    order = read_order(msgspec.json.decode((GOLDEN / "order.json").read_bytes()))
    assert (order.number, order.cod, order.sender.tel) == ("H49.17-261123-0001", 25_000, "0912345678")
