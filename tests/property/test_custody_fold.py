"""Laws of the fold for any rows: arrival order, repetition, corrections, one holder or an honest answer."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.custody.rules import Custody, ScanKind, Subject, fold

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PARTIES = ("BC-1", "HUB-1", "DESK-1")
KINDS = tuple(kind.value for kind in ScanKind if kind not in ("correct", "recall", "redirect", "recover"))
ITEM = Subject(
    code="DH123456785VN", presumed="BC-1", registered_at=START, parties=("BC-1",), homes=("DESK-1",)
)
BAG = Subject(code="TUI-1", presumed="BC-1", registered_at=START)


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
        if kind == "report":
            body["condition"] = draw(st.sampled_from(("damaged", "lost", "found")))
        if rows and draw(st.integers(0, 7)) == 0:
            kind, body = "correct", {"corrects": str(draw(st.sampled_from(rows)).content.id)}
        occurred = START + timedelta(seconds=draw(st.integers(0, 1200)))
        party = draw(st.sampled_from(PARTIES))
        content = Content(
            id=UUID(int=(7 << 76) | (2 << 62) | draw(st.integers(0, 5)) << 20 | (salt + number)),
            stream=Stream.SCAN,
            kind=kind,
            code=code,
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
    assert {step.row for step in custody.steps} == {row.content.id for row in rows}
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
