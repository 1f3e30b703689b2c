"""Laws of the fold for any rows: arrival order, repetition, corrections, one holder or an honest answer."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.custody.rules import Custody, Phase, ScanKind, Subject, fold

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PARTIES = ("BC-1", "HUB-1", "DESK-1")
KINDS = tuple(kind.value for kind in ScanKind if kind not in ("correct", "recover"))
TRIP = "CT-261123-K7M2QX"
ITEM = Subject(
    code="DH123456785VN",
    presumed="BC-1",
    registered_at=START,
    parties=("BC-1",),
    homes=("DESK-1",),
    senders=("BC-1",),
    origin="BC-1",
    destination="DESK-1",
)
BAG = Subject(code="TUI-1", presumed="BC-1", registered_at=START)
SEALS = st.fixed_dictionaries(
    {"number": st.sampled_from(("A", "B")), "state": st.sampled_from(("intact", "broken"))}
)


@st.composite
def records(draw: st.DrawFn, code: str) -> tuple[Stream, str, str, tuple[str, ...], dict[str, object]]:
    """Say something of a trip that the piece is on, of its own seal, or of the bag that it was looked for in."""
    return draw(
        st.sampled_from(
            (
                (Stream.RECORD, "trip.loaded", TRIP, (code,), {"carrier": "HUB-1"}),
                (Stream.RECORD, "trip.unloaded", TRIP, (code,), {}),
                (Stream.SCAN, "depart", TRIP, (), {}),
                (Stream.SCAN, "arrive", TRIP, (), {"place": "DESK-1"}),
                (Stream.RECORD, "container.closed", code, (), {"seal": {"number": "C", "state": "intact"}}),
                (Stream.RECORD, "container.inventoried", "TUI-1", (ITEM.code,), {}),
            )
        )
    )


@st.composite
def histories(draw: st.DrawFn, code: str = ITEM.code) -> list[Row]:
    rows: list[Row] = []
    salt = 1 if code == ITEM.code else 1000
    for number in range(draw(st.integers(0, 9))):
        kind = draw(st.sampled_from(KINDS))
        body: dict[str, object] = {}
        if kind in ("offer", "receive") and draw(st.booleans()):
            body["counterparty"] = draw(st.sampled_from(PARTIES))
        if kind in ("pack", "unpack"):
            body["container"] = "TUI-1"
        if kind == "redirect":
            body["counterparty"] = draw(st.sampled_from(("BC-9", *PARTIES)))
        if draw(st.integers(0, 3)) == 0:
            body["seal"] = draw(SEALS)
        if kind == "report":
            body["condition"] = draw(st.sampled_from(("damaged", "lost", "found")))
        if rows and draw(st.integers(0, 7)) == 0:
            kind, body = "correct", {"corrects": str(draw(st.sampled_from(rows)).content.id)}
        occurred = START + timedelta(seconds=draw(st.integers(0, 1200)))
        party = draw(st.sampled_from(PARTIES))
        stream, about, subjects = Stream.SCAN, code, ()
        if draw(st.integers(0, 5)) == 0:
            stream, kind, about, subjects, body = draw(records(code))
        content = Content(
            id=UUID(int=(7 << 76) | (2 << 62) | draw(st.integers(0, 5)) << 20 | (salt + number)),
            stream=stream,
            kind=kind,
            code=about,
            subjects=subjects,
            occurred_at=occurred,
            organisation=party,
            device=f"dev-{party}",
            epoch=draw(st.sampled_from(("a", "b"))),
            seq=number + 1,
            body=body,
        )
        rows.append(
            Row(
                content=content,
                received_at=occurred + timedelta(seconds=draw(st.integers(0, 600))),
                corrected_at=occurred,
                uncertainty_ms=draw(st.sampled_from((0, 2000))),
                content_hash=content_hash(content),
            )
        )
    return rows


def exported(custody: Custody) -> bytes:
    return msgspec.json.encode(custody)


@given(histories(), histories("TUI-1"), st.randoms(use_true_random=False))
def test_any_permutation_folds_to_the_same_bytes(
    rows: list[Row], bag: list[Row], order: random.Random
) -> None:
    containers = {"TUI-1": fold(BAG, bag)}
    shuffled, shuffled_bag = list(rows), list(bag)
    order.shuffle(shuffled)
    order.shuffle(shuffled_bag)
    straight = fold(ITEM, rows, containers=containers)
    mixed = fold(ITEM, shuffled, containers={"TUI-1": fold(BAG, shuffled_bag)})
    assert exported(straight) == exported(mixed)


@given(histories(), st.data())
def test_a_repeated_row_changes_nothing(rows: list[Row], data: st.DataObject) -> None:
    if rows:
        again = [*rows, data.draw(st.sampled_from(rows))]
        assert exported(fold(ITEM, rows)) == exported(fold(ITEM, again))


@given(histories(), histories("TUI-1"))
def test_there_is_one_holder_or_claims_or_a_reason(rows: list[Row], bag: list[Row]) -> None:
    custody = fold(ITEM, rows, containers={"TUI-1": fold(BAG, bag)})
    assert len(custody.claims) == len(set(custody.claims))
    assert custody.claims
    assert (custody.holder is None) == custody.contested


@given(histories())
def test_every_row_is_a_step_and_devices_keep_their_sequence(rows: list[Row]) -> None:
    custody = fold(ITEM, rows)
    own = [row for row in rows if row.content.code == ITEM.code and row.content.stream is Stream.SCAN]
    assert {step.row for step in custody.steps} >= {row.content.id for row in own}
    rows = [row for row in rows if row.content.id in {step.row for step in custody.steps}]
    place = {step.row: index for index, step in enumerate(custody.steps)}
    for one in rows:
        for two in rows:
            same = (one.content.device, one.content.epoch) == (two.content.device, two.content.epoch)
            if same and (one.content.seq or 0) < (two.content.seq or 0):
                assert place[one.content.id] < place[two.content.id]
    instants = [step.at for step in custody.steps]
    assert instants == sorted(instants)


@given(histories(), st.integers(0, 1800))
def test_knowledge_at_an_instant_is_a_fold_of_what_had_arrived(rows: list[Row], seconds: int) -> None:
    as_of = START + timedelta(seconds=seconds)
    arrived = [row for row in rows if row.received_at <= as_of]
    assert exported(fold(ITEM, rows, as_of=as_of)) == exported(fold(ITEM, arrived))


@given(histories())
def test_whoever_answers_can_see(rows: list[Row]) -> None:
    custody = fold(ITEM, rows)
    seen = {sight.organisation for sight in custody.sights}
    held = {party for step in custody.steps for party in step.claims}
    assert held - {"CITIZEN", ITEM.presumed} <= seen


@given(histories(), histories("TUI-1"))
def test_no_instruction_and_no_trip_changes_who_answers(rows: list[Row], bag: list[Row]) -> None:
    """They say where a piece is bound and where it is: taken away, each other row leaves the same claims."""
    containers = {"TUI-1": fold(BAG, bag)}
    corrected = {row.content.body.get("corrects") for row in rows}
    silent = [
        row
        for row in rows
        if (row.content.kind in ("recall", "redirect") or row.content.code == TRIP)
        and str(row.content.id) not in corrected
    ]
    without = [row for row in rows if row not in silent]
    one, two = fold(ITEM, rows, containers=containers), fold(ITEM, without, containers=containers)
    own_order = [step.row for step in one.steps if step.row in {step.row for step in two.steps}]
    if own_order == [step.row for step in two.steps]:
        assert (one.claims, one.container) == (two.claims, two.container)


@given(histories(), st.sampled_from(("recall", "redirect")))
def test_an_instruction_after_delivery_changes_nothing_but_is_kept(rows: list[Row], kind: str) -> None:
    before = fold(ITEM, rows)
    last = max([START, *(row.corrected_at for row in rows)]) + timedelta(hours=1)
    content = Content(
        id=UUID(int=(7 << 76) | (2 << 62) | 1 << 40),
        stream=Stream.SCAN,
        kind=kind,
        code=ITEM.code,
        occurred_at=last,
        organisation="BC-1",
        body={"counterparty": "BC-9"},
    )
    late = Row(content=content, received_at=last, corrected_at=last, content_hash=content_hash(content))
    after = fold(ITEM, [*rows, late])
    assert after.claims == before.claims
    assert after.steps[-1].row == content.id
    if before.reached or before.phase is Phase.DELIVERED:
        assert after.steps[-1].flags == ("too_late",)
        assert (after.instruction, after.phase) == (before.instruction, before.phase)
    else:
        assert after.instruction is not None
        assert after.instruction.row == content.id


@given(histories(), st.randoms(use_true_random=False))
def test_each_seal_note_follows_from_the_one_before(rows: list[Row], order: random.Random) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)
    seals = fold(ITEM, shuffled).seals
    for before, after in zip((None, *seals), seals, strict=False):
        assert (after.was_number, after.was_state) == (
            (before.number, before.state) if before else (None, None)
        )
        same = before is not None and (before.number, before.state) == (after.number, after.state)
        sealing = after.kind.startswith("container.")
        assert (after.flag is None) == (sealing or same or (before is None and after.state == "intact"))
