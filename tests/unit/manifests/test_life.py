"""The life of a manifest without a database: states, codes, the digest."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from manifests.manifests.rules import (
    Action,
    Manifest,
    State,
    acts,
    canonical_text,
    code_of,
    digest_of,
    far_from,
    is_party,
    may,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DRAFT = Manifest(
    code="BK-261123-AAAAAA",
    state=State.DRAFT,
    giver="BC-1",
    receiver="MC-2",
    carrier="VC-3",
    route=None,
    cut_off=None,
    note=None,
    created_at=NOW,
    sealed_at=None,
    dispatched_at=None,
    receiving_at=None,
    reconciled_at=None,
    closed_at=None,
    cancelled_at=None,
    digest=None,
    line_count=0,
)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("draft", {"edit", "seal", "cancel"}),
        ("sealed", {"dispatch", "receive", "cancel"}),
        ("dispatched", {"dispatch", "receive", "close"}),
        ("receiving", {"dispatch", "receive", "close"}),
        ("reconciled", set()),
        ("closed", set()),
        ("cancelled", set()),
    ],
)
def test_each_state_allows_its_actions_only(state, allowed):
    manifest = replace(DRAFT, state=State(state))
    if state == "dispatched":
        allowed = allowed - {"dispatch"}
        manifest = replace(manifest, dispatched_at=NOW)
    assert {action.value for action in Action if may(action, manifest)} == allowed


def test_a_draft_is_known_to_its_giver_alone():
    assert [is_party(DRAFT, {one}) for one in ("BC-1", "MC-2", "VC-3", "X")] == [True, False, False, False]
    sealed = replace(DRAFT, state=State.SEALED)
    assert [is_party(sealed, {one}) for one in ("BC-1", "MC-2", "VC-3", "X")] == [True, True, True, False]


def test_the_receiver_receives_and_closes_and_the_giver_does_the_rest():
    assert {action.value for action in Action if acts(action, DRAFT, {"MC-2"})} == {"receive", "close"}
    assert {action.value for action in Action if acts(action, DRAFT, {"BC-1"})} == {
        "edit",
        "seal",
        "dispatch",
        "cancel",
    }


def test_no_two_codes_of_a_day_differ_in_one_character():
    assert not far_from("BK-261123-AAAAAB", {"BK-261123-AAAAAA"})
    assert far_from("BK-261123-AAAABB", {"BK-261123-AAAAAA"})


def test_a_code_names_the_local_day():
    assert code_of(date(2026, 11, 23), "K7M2QX") == "BK-261123-K7M2QX"


def test_the_digest_is_that_of_the_documented_text():
    text = canonical_text("BK-261123-K7M2QX", "BC-1", "MC-2", None, NOW, ["A", "B"])
    assert text == (
        "postal:manifest:1\n"
        "code BK-261123-K7M2QX\n"
        "giver BC-1\n"
        "receiver MC-2\n"
        "carrier -\n"
        "sealed_at 2026-11-23T01:00:00.000000Z\n"
        "1 A\n"
        "2 B\n"
    )
    assert digest_of(text) == "5b748388d0c47591290c3bccf4d723c04d940dd83b31c4e3fb83946395f48130"


def test_the_digest_knows_the_order_and_not_the_zone():
    digest = digest_of(canonical_text("C", "G", "R", None, NOW, ["A", "B"]))
    vietnam = NOW.astimezone(timezone(timedelta(hours=7)))
    assert digest_of(canonical_text("C", "G", "R", None, vietnam, ["A", "B"])) == digest
    assert digest_of(canonical_text("C", "G", "R", None, NOW, ["B", "A"])) != digest
