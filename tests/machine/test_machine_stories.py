"""Stories that the machine once found, told by hand: the system and the notebook must agree on each."""

from collections.abc import Iterator

import pytest

from tests.machine import checks
from tests.machine.play import Play
from tests.machine.said import Manifest
from tests.machine.stage import DESK, HUB, OFFICE, Backdrop


@pytest.fixture
def play(backdrop: Backdrop) -> Iterator[Play]:
    """Begin a run."""
    play = Play(backdrop)
    try:
        yield play
    finally:
        play.stage.close()


def item(play: Play, receiver: str) -> str:
    """Make an item at the office."""
    play.make("item", OFFICE, receiver, [])
    return play.pieces("item")[-1].code


def sent(play: Play, giver: str, receiver: str, code: str) -> Manifest:
    """Send an item off on a manifest of its own."""
    play.draft(giver, receiver, [play.notebook.pieces[code]])
    manifest = play.manifests("draft")[-1]
    play.act(manifest, "seal")
    play.act(manifest, "dispatch")
    return manifest


def closed(play: Play, manifest: Manifest) -> None:
    """Close a manifest after the devices of both sides have told everything."""
    for party in (manifest.giver, manifest.receiver):
        play.empty_pocket(party, [0], 1)
    play.act(manifest, "close")


def test_a_worker_looks_between_two_corrections_and_the_case_that_it_opened_stays_while_a_device_is_silent(
    play: Play,
) -> None:
    own, other = item(play, HUB), item(play, HUB)
    manifest = sent(play, OFFICE, HUB, own)
    extra, arrived = (play.scan(HUB, "receive", code, manifest=manifest.code) for code in (other, own))
    closed(play, manifest)
    play.correct(arrived, HUB)
    play.work(lambda: play.stage.run_messages(50))
    play.correct(extra, HUB)
    checks.check_cases(play)
    assert (manifest.cases[own].line_class, manifest.cases[own].resolution) == ("missing", None)
    assert manifest.cases[other].resolution == "late_scan"
    checks.check_everything(play)


def test_who_is_a_party_of_one_of_two_manifests_does_not_settle_what_crossed_between_them(play: Play) -> None:
    crossed, own = item(play, DESK), item(play, HUB)
    home, other = sent(play, DESK, HUB, crossed), sent(play, OFFICE, HUB, own)
    play.scan(HUB, "receive", crossed, manifest=other.code)
    closed(play, other)
    play.settle_swap(0)
    assert (other.cases[crossed].line_class, other.cases[crossed].resolution) == ("misrouted", "swapped")
    assert home.closed is None
    checks.check_everything(play)


def test_a_piece_that_was_found_twice_crossed_to_where_it_was_found_last(play: Play) -> None:
    first = sent(play, OFFICE, DESK, item(play, DESK))
    play.scan(DESK, "receive", first.lines[0], manifest=first.code)
    closed(play, first)
    crossed = item(play, DESK)
    home, second = sent(play, OFFICE, DESK, crossed), sent(play, OFFICE, HUB, item(play, HUB))
    play.scan(HUB, "receive", crossed, manifest=second.code)
    closed(play, home)
    closed(play, second)
    play.scan(DESK, "offer", crossed, manifest=first.code)
    checks.check_cases(play)
    play.settle_swap(0)
    assert {one.cases[crossed].resolution for one in (home, first)} == {"swapped"}
    assert second.cases[crossed].resolution is None
    checks.check_everything(play)
