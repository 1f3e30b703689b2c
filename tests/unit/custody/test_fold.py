"""The fold told as stories: who holds the piece after what hands did."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.custody.rules import CITIZEN, Custody, Phase, Subject, fold

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OFFICE, HUB, DESK, OTHER = "BC-1", "HUB-1", "DESK-1", "BC-9"
ITEM = Subject(
    code="DH123456785VN", presumed=OFFICE, registered_at=START, parties=(OFFICE, DESK), homes=(OFFICE,)
)


class Story:
    """Build rows a minute apart, one device per organisation unless told otherwise."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.minute = 0

    def scan(
        self, kind: str, party: str, *, at: float | None = None, code: str = ITEM.code, **body: object
    ) -> Row:
        self.minute += 1
        row_id = UUID(int=(7 << 76) | (2 << 62) | (len(self.rows) + 1))
        occurred = START + timedelta(minutes=self.minute if at is None else at)
        uncertainty = int(body.pop("uncertainty_ms", 0))  # type: ignore[call-overload]
        content = Content(
            id=row_id,
            stream=Stream.RECORD if kind.startswith("manifest.") else Stream.SCAN,
            kind=kind,
            code=code,
            occurred_at=occurred,
            organisation=party,
            device=str(body.pop("device", f"dev-{party}")),
            epoch="e",
            seq=int(body.pop("seq", len(self.rows) + 1)),  # type: ignore[call-overload]
            body=dict(body),
        )
        row = Row(
            content=content,
            received_at=occurred + timedelta(seconds=1),
            corrected_at=occurred,
            uncertainty_ms=uncertainty,
            content_hash=content_hash(content),
        )
        self.rows.append(row)
        return row

    def fold(self, **options: object) -> Custody:
        return fold(ITEM, self.rows, **options)  # type: ignore[arg-type]


@pytest.fixture
def story() -> Story:
    return Story()


def last_flags(custody: Custody) -> tuple[str, ...]:
    return custody.steps[-1].flags


def test_the_giver_answers_until_the_receiver_has_received(story: Story) -> None:
    story.scan("offer", OFFICE, counterparty=DESK)
    offered = story.fold()
    assert (offered.holder, offered.phase) == (OFFICE, Phase.OFFERED)
    story.scan("receive", DESK, counterparty=OFFICE)
    received = story.fold()
    assert (received.holder, received.phase, last_flags(received)) == (DESK, Phase.HELD, ())


def test_a_receipt_without_an_offer_is_an_admission(story: Story) -> None:
    story.scan("hold", OFFICE)
    story.scan("receive", DESK)
    custody = story.fold()
    assert custody.holder == DESK
    assert custody.unconfirmed_from == OFFICE
    assert last_flags(custody) == ("unconfirmed",)


def test_a_late_offer_still_comes_before_its_receipt(story: Story) -> None:
    story.scan("hold", OFFICE, at=1)
    story.scan("receive", DESK, at=5, counterparty=OFFICE)
    story.scan("offer", OFFICE, at=9, counterparty=DESK)
    custody = story.fold()
    assert custody.holder == DESK
    assert [step.kind for step in custody.steps] == ["hold", "offer", "receive"]
    assert custody.unconfirmed_from is None


def test_two_parties_that_act_as_holders_contest_the_piece(story: Story) -> None:
    story.scan("hold", OFFICE)
    story.scan("receive", OTHER)
    story.scan("depart", OFFICE)
    custody = story.fold()
    assert custody.holder is None
    assert set(custody.claims) == {OFFICE, OTHER}


def test_a_correction_by_the_same_party_settles_the_contest(story: Story) -> None:
    story.scan("hold", OFFICE)
    wrong = story.scan("receive", OTHER)
    story.scan("depart", OFFICE)
    story.scan("correct", OTHER, corrects=str(wrong.content.id), reason="wrong_piece")
    custody = story.fold()
    assert custody.holder == OFFICE
    assert "voided" in custody.steps[1].flags


def test_a_correction_by_another_party_voids_nothing(story: Story) -> None:
    right = story.scan("receive", DESK)
    story.scan("correct", OTHER, corrects=str(right.content.id))
    assert story.fold().holder == DESK


def test_a_handover_between_claimants_settles_the_contest(story: Story) -> None:
    story.scan("hold", OFFICE)
    story.scan("receive", OTHER)
    story.scan("depart", OFFICE)
    story.scan("offer", OTHER, counterparty=OFFICE)
    story.scan("receive", OFFICE, counterparty=OTHER)
    assert story.fold().holder == OFFICE


def test_a_refused_offer_leaves_the_giver_answering(story: Story) -> None:
    story.scan("offer", OFFICE, counterparty=DESK)
    story.scan("refuse", DESK, reason="seal_broken", condition="opened")
    custody = story.fold()
    assert (custody.holder, custody.offer, custody.condition) == (OFFICE, None, "opened")


def test_acting_on_an_offered_piece_implies_its_receipt(story: Story) -> None:
    story.scan("offer", OFFICE, counterparty=HUB)
    story.scan("depart", HUB)
    custody = story.fold()
    assert custody.holder == HUB
    assert "implied_receipt" in last_flags(custody)


def test_a_contained_piece_is_where_its_container_is(story: Story) -> None:
    bag_story = Story()
    bag = Subject(code="TUI-1", presumed=OFFICE, registered_at=START)
    bag_story.scan("offer", OFFICE, at=10, code="TUI-1", counterparty=HUB)
    bag_story.scan("receive", HUB, at=11, code="TUI-1")
    bag_custody = fold(bag, bag_story.rows)
    story.scan("pack", OFFICE, at=5, container="TUI-1")
    custody = story.fold(containers={"TUI-1": bag_custody})
    assert (custody.holder, custody.container) == (HUB, "TUI-1")
    assert HUB in {sight.organisation for sight in custody.sights}
    story.scan("unpack", HUB, at=20, container="TUI-1")
    opened = story.fold(containers={"TUI-1": bag_custody})
    assert (opened.holder, opened.container, last_flags(opened)) == (HUB, None, ())


def test_unpacking_by_a_stranger_is_a_second_claim(story: Story) -> None:
    bag = fold(Subject(code="TUI-1", presumed=OFFICE, registered_at=START), [])
    holder = Story()
    holder.scan("hold", OFFICE, at=1, code="TUI-1")
    bag = fold(Subject(code="TUI-1", presumed=OFFICE, registered_at=START), holder.rows)
    story.scan("pack", OFFICE, at=5, container="TUI-1")
    story.scan("unpack", OTHER, at=9, container="TUI-1")
    assert set(story.fold(containers={"TUI-1": bag}).claims) == {OFFICE, OTHER}


def test_delivery_ends_with_the_citizen(story: Story) -> None:
    story.scan("out_for_delivery", OFFICE)
    story.scan("attempt_failed", OFFICE)
    story.scan("deliver", OFFICE)
    custody = story.fold()
    assert (custody.holder, custody.phase, len(custody.attempts)) == (CITIZEN, Phase.DELIVERED, 1)


def test_a_return_ends_with_the_receipt_at_home(story: Story) -> None:
    story.scan("receive", HUB)
    story.scan("return", HUB)
    story.scan("offer", HUB, counterparty=OFFICE)
    story.scan("receive", OFFICE, counterparty=HUB)
    assert story.fold().phase == Phase.RETURNED


def test_what_comes_home_inside_a_returned_item_is_returned(story: Story) -> None:
    way = Story()
    way.scan("hold", HUB, at=1, code="TUI-1")
    way.scan("return", HUB, at=2, code="TUI-1")
    way.scan("offer", HUB, at=3, code="TUI-1", counterparty=OFFICE)
    way.scan("receive", OFFICE, at=4, code="TUI-1")
    item = fold(Subject(code="TUI-1", presumed=HUB, registered_at=START, homes=(OFFICE,)), way.rows)
    story.scan("pack", OFFICE, at=0.5, container="TUI-1")
    story.scan("unpack", OFFICE, at=9, container="TUI-1")
    assert story.fold(containers={"TUI-1": item}).phase == Phase.RETURNED
    elsewhere = Subject(code=ITEM.code, presumed=DESK, registered_at=START, homes=("UNIT-1",))
    inside = fold(elsewhere, story.rows, containers={"TUI-1": item})
    assert inside.phase == Phase.RETURNED, "the desk is home enough for what a unit issued"


def test_a_lost_piece_keeps_its_last_confirmed_holder(story: Story) -> None:
    story.scan("hold", OFFICE)
    story.scan("report", OFFICE, condition="lost")
    custody = story.fold()
    assert (custody.holder, custody.phase) == (OFFICE, Phase.LOST)


def test_a_dispatched_manifest_offers_its_lines(story: Story) -> None:
    story.scan("hold", OFFICE)
    story.scan("manifest.sealed", OFFICE, code="BK-1", giver=OFFICE, receiver=DESK)
    story.scan("manifest.dispatched", OFFICE, code="BK-1")
    assert story.fold().phase == Phase.OFFERED
    story.scan("receive", DESK, code="BK-1")
    custody = story.fold()
    assert custody.holder == DESK
    assert "by_manifest" in last_flags(custody)


def test_clocks_that_cannot_tell_two_claims_apart_leave_it_undecided(story: Story) -> None:
    story.scan("hold", OFFICE, at=1)
    story.scan("receive", DESK, at=5, uncertainty_ms=4000)
    story.scan("receive", OTHER, at=5.02, uncertainty_ms=4000)
    custody = story.fold()
    assert custody.undecided is not None
    assert custody.undecided.startswith("order:")


def test_what_was_known_earlier_stays_readable(story: Story) -> None:
    story.scan("hold", OFFICE, at=1)
    story.scan("receive", DESK, at=5)
    assert story.fold(as_of=START + timedelta(minutes=3)).holder == OFFICE


def test_both_contents_of_a_disputed_id_move_nothing_until_settled(story: Story) -> None:
    story.scan("hold", OFFICE)
    first = story.scan("receive", DESK)
    second_story = Story()
    second_story.scan("hold", OFFICE)
    other = second_story.scan("receive", DESK, reason="other")
    assert other.content.id == first.content.id
    disputed = {first.content.id: (first, other)}
    custody = story.fold(disputed=disputed)
    assert custody.holder == OFFICE
    assert last_flags(custody) == ("disputed",)
    story.scan("correct", DESK, corrects=str(first.content.id), keep=other.content_hash.hex())
    assert story.fold(disputed=disputed).holder == DESK
