"""A partner's program that sends in any order, twice and in part: the same in the end."""

import os
import random
from datetime import timedelta

import pytest
from msgspec.structs import replace

from integrations.inbox import repository, service
from postal.config import InboxSettings, hold
from postal.db import fetch

KIND = "agency.steps"
FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"


@pytest.mark.parametrize("seed", range(20 if FULL else 2))
async def test_any_order_and_repetition_of_deliveries_gives_the_same(sender, steps, settings, clock, seed):
    chance = random.Random(seed)
    messages = [
        (f"{subject}-{step}", {"subject": subject, "step": step}) for subject in "AB" for step in (1, 2, 3)
    ]
    sent = [*messages, *chance.choices(messages, k=4)]
    chance.shuffle(sent)
    for message_id, body in sent:
        # Sometimes nobody understands at once, sometimes a process is killed in the middle of a try.
        seconds = chance.choice((0.0, 2.0))
        hold(replace(settings, inbox=InboxSettings(at_once_seconds=seconds)))
        await sender.send(KIND, message_id, body)
        if chance.random() < 0.2:
            await repository.begin(sender.issued.partner.id, clock.instant)
    for _ in range(6):
        await service.work_off(clock.instant)
        clock.advance(timedelta(days=1))
    assert steps.gone == {"A": 3, "B": 3}
    states = await fetch("SELECT message_id, state FROM inbox_message ORDER BY message_id")
    assert [(row["message_id"], row["state"]) for row in states] == [(each, "done") for each, _ in messages]
