"""The simulated world itself: the same seed makes the same one, and its people keep office hours."""

from collections import Counter
from datetime import datetime
from itertools import pairwise

import msgspec
import pytest

from integrations.simulation.rules.hours import HANOI
from integrations.simulation.rules.network import HUB, SIZES, Size
from integrations.simulation.rules.truth import Story
from integrations.simulation.rules.world import World, build_world

SEEDS = range(1, 6)
COUNTED = msgspec.structs.replace(SIZES["demo"], crews=2, counts=("07:11", "12:11", "17:11"))
PROVINCE_SHARE = msgspec.structs.replace(SIZES["province"], offices=4, desks=2, dossiers=334, quirks=1)


def scans_of(world: World) -> list[dict]:
    return [scan for step in world.steps if step.path == "/api/v1/scans" for scan in step.body["scans"]]


def test_the_same_seed_makes_the_same_requests() -> None:
    assert msgspec.json.encode(build_world(7, "small")) == msgspec.json.encode(build_world(7, "small"))


def test_another_seed_makes_another_world() -> None:
    assert build_world(7, "small").steps != build_world(8, "small").steps


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_are_in_order_of_true_time_and_end_with_the_week(seed: int) -> None:
    world = build_world(seed, "small")
    assert all(one.at <= two.at for one, two in pairwise(world.steps))
    assert world.opens <= world.steps[0].at
    assert world.steps[-1].at == world.ends


@pytest.mark.parametrize("seed", SEEDS)
def test_every_device_counts_up_by_one_within_an_epoch(seed: int) -> None:
    world = build_world(seed, "small")
    told: dict[tuple[str, str], set[int]] = {}
    for step in world.steps:
        if step.path == "/api/v1/scans":
            seqs = told.setdefault((step.body["device"], step.body["epoch"]), set())
            seqs |= {scan["seq"] for scan in step.body["scans"]}
            assert step.body["last_seq"] >= max(seqs, default=0)
    assert all(seqs == set(range(1, len(seqs) + 1)) for seqs in told.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hub_lists_only_what_it_has_told_that_it_took_in(seed: int) -> None:
    told: set[str] = set()
    listed: list[str] = []
    for step in build_world(seed, PROVINCE_SHARE).steps:
        if step.path == "/api/v1/scans":
            told |= {scan["code"] for scan in step.body["scans"] if scan["place"] == HUB}
        elif step.path == "/api/v1/manifests" and step.body["giver"] == HUB:
            lines = [line for line in step.body["lines"] if line.startswith("@item:")]
            assert set(lines) <= told, step.at
            listed += lines
    assert listed


@pytest.mark.parametrize("seed", SEEDS)
def test_an_id_that_is_sent_twice_says_the_same_both_times(seed: int) -> None:
    contents: dict[str, dict] = {}
    repeated = 0
    for scan in scans_of(build_world(seed, "small")):
        repeated += scan["id"] in contents
        assert contents.setdefault(scan["id"], scan) == scan
    assert repeated


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_uploaded_before_it_happened(seed: int) -> None:
    world = build_world(seed, "small")
    for step in world.steps:
        if step.path == "/api/v1/scans":
            assert all(scan["occurred_at"] <= step.body["sent_at"] for scan in step.body["scans"])


def test_desks_and_offices_write_in_working_hours() -> None:
    for step in build_world(3, "demo").steps:
        if step.lane.startswith("organisation:"):
            local = step.at.astimezone(HANOI)
            assert local.weekday() < 5
            assert 7 <= local.hour < 19


def test_a_demo_world_has_every_story_and_every_class() -> None:
    world = build_world(1, "demo")
    assert {piece.story for piece in world.truth.pieces} == {story.value for story in Story}
    classes = Counter(line.line_class for line in world.truth.lines)
    assert set(classes) == {
        "matched",
        "missing",
        "awaiting_device",
        "extra",
        "damaged",
        "misrouted",
        "unverified",
        "contested",
    }
    assert set(world.truth.highlights) == {
        "delivered",
        "in_transit",
        "at_desk",
        "overdue",
        "contested",
        "returned",
    }
    assert 700 <= len(world.truth.pieces) <= 900


@pytest.mark.parametrize("seed", SEEDS)
def test_what_goes_astray_is_missed_on_one_list_and_found_under_another(seed: int) -> None:
    world = build_world(seed, "small")
    stories = {piece.name: piece.story for piece in world.truth.pieces}
    by_story: dict[str, Counter[str]] = {}
    for line in world.truth.lines:
        if line.piece.startswith("@item:"):
            by_story.setdefault(stories[line.piece], Counter())[line.line_class] += 1
    assert by_story["swapped"]["misrouted"] == 4
    assert by_story["misplaced"]["misrouted"] == 2
    assert by_story["wrong_bag"] == Counter(misrouted=1, matched=1)
    assert by_story["lost_inbound"] == Counter(missing=1)
    assert by_story["late"] == Counter(matched=1)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_late_device_tells_after_its_list_was_closed(seed: int) -> None:
    world = build_world(seed, "small")
    late = next(piece.name for piece in world.truth.pieces if piece.story == "late" and piece.kind == "item")
    sheet = next(line.manifest for line in world.truth.lines if line.piece == late)
    closed = next(step.at for step in world.steps if step.path == f"/api/v1/manifests/{sheet}/close")
    told = [
        step.at
        for step in world.steps
        if step.path == "/api/v1/scans"
        and any(scan["code"] == late and scan["kind"] == "receive" for scan in step.body["scans"])
    ]
    assert closed < min(told)


def test_a_small_world_has_some_sixty_pieces() -> None:
    assert all(50 <= len(build_world(seed, "small").truth.pieces) <= 80 for seed in range(1, 11))


@pytest.mark.parametrize("size", [COUNTED, PROVINCE_SHARE], ids=["demo", "share"])
def test_places_count_what_lies_there_and_nothing_else_changes_hands_later(size: Size) -> None:
    world = build_world(1, size)
    counts = [scan for scan in scans_of(world) if scan["kind"] == "arrive"]
    assert len({scan["id"] for scan in counts}) > size.dossiers
    assert {scan["place"] for scan in counts} >= {*world.network.desks, *world.network.units.values()}
    plain = {piece.name for piece in world.truth.pieces if piece.story == Story.PLAIN.value}
    assert {scan["code"] for scan in counts} <= plain
    others = [scan["id"] for scan in scans_of(world) if scan["kind"] != "arrive"]
    uncounted = build_world(1, msgspec.structs.replace(size, counts=()))
    assert len(set(others)) == len({scan["id"] for scan in scans_of(uncounted)})
    assert Counter(line.line_class for line in world.truth.lines) == Counter(
        line.line_class for line in uncounted.truth.lines
    )


def test_a_count_is_over_before_anybody_needs_the_scanner() -> None:
    by_device: dict[str, list[datetime]] = {}
    for scan in scans_of(build_world(2, PROVINCE_SHARE)):
        if scan["kind"] == "arrive":
            by_device.setdefault(scan["by"], []).append(datetime.fromisoformat(scan["occurred_at"]))
    longest = 0.0
    for instants in by_device.values():
        began = None
        for one, two in pairwise(sorted(set(instants))):
            began = began or one
            if (two - one).total_seconds() < 60:
                longest = max(longest, (two - began).total_seconds())
            else:
                began = two
    assert 60 < longest < 240


def test_every_crew_of_the_hub_has_a_scanner_of_its_own() -> None:
    world = build_world(1, COUNTED)
    owners = Counter(owner for _, owner in world.devices)
    assert owners["TTKT-24"] == 4
    assert owners["VC-24"] == 2
    assert len({person.login for person in world.network.people}) == len(world.network.people)
