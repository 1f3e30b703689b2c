"""Seeded days of a small network: whatever way the uploads come in, holders, steps and classes are the same.

A seed makes a truth: pieces and bags that go from hand to hand, devices with wrong clocks and hours without a network,
answers that get lost, ids that say two things, corrections. It arrives in several ways; a plain ledger keeps the first
receipt of each id. `POSTAL_TEST_SEED=n` runs one seed alone.
"""

import os

import msgspec
import pytest

from tests.factories.arrivals import Day, arrive, day_of, without_receipt
from tests.factories.judgements import judged

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
ALONE = os.environ.get("POSTAL_TEST_SEED")
PARTS = 10 if FULL and not ALONE else 1
EACH = 1000 if FULL else 300
WAYS = 3


def seeds(part: int) -> range:
    return range(int(ALONE), int(ALONE) + 1) if ALONE else range(part * EACH, (part + 1) * EACH)


def check(day: Day) -> None:
    straight = arrive(day, way=0)
    answer = judged(day, straight)
    for way in range(1, WAYS + 1):
        known = arrive(day, way)
        mixed = judged(day, known)
        assert without_receipt(known) == without_receipt(straight), f"ledger, way {way}"
        assert mixed.holders == answer.holders, f"holders, way {way}"
        assert mixed.steps == answer.steps, f"steps, way {way}"
        assert mixed.classes == answer.classes, f"classes, way {way}"
    # The same rows in another order: nothing may differ, to the byte.
    assert msgspec.json.encode(judged(day, known.shuffled(day.seed))) == msgspec.json.encode(mixed)


@pytest.mark.parametrize("part", range(PARTS))
def test_any_arrival_gives_the_same_holders_steps_and_classes(part: int) -> None:
    for seed in seeds(part):
        try:
            check(day_of(seed))
        except BaseException as error:
            error.add_note(f"Run it again with POSTAL_TEST_SEED={seed}")
            raise


def test_the_days_have_what_makes_arrival_hard() -> None:
    """A generator that made only easy days would prove nothing."""
    days = [day_of(seed) for seed in range(200)]
    known = [arrive(day, way=0) for day in days]
    assert sum(any(day.offline(device) for device in day.devices) for day in days) > 100
    assert sum(bool(one.disputed) for one in known) > 40
    kinds = {one.content.kind for day in days for one in day.said}
    assert kinds >= {"offer", "receive", "pack", "unpack", "correct", "deliver", "refuse"}
    answers = [judged(day, one) for day, one in zip(days, known, strict=True)]
    claims = [holder[0] for answer in answers for holder in answer.holders.values()]
    assert sum(len(parties) > 1 for parties in claims) > 20
    classes = {line.split()[0] for answer in answers for line in answer.classes.values()}
    assert classes >= {
        "matched",
        "missing",
        "extra",
        "contested",
        "awaiting_device",
        "unverified",
        "misrouted",
    }
    flags = {
        flag for answer in answers for steps in answer.steps.values() for step in steps for flag in step[2]
    }
    assert flags >= {"disputed", "voided", "unconfirmed", "not_holder", "by_manifest", "implied_unpack"}
