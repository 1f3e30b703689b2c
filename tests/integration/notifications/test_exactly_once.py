"""However often a worker dies between sending and noting, each notice is there once, by its Message-ID."""

import asyncio
import random
from datetime import timedelta

import pytest
from msgspec.structs import replace

from integrations.notifications import service
from integrations.notifications.rules import MAX_ATTEMPTS
from postal import clock as clock_port
from postal.config import MailSettings
from postal.db import fetch
from tests.factories.mailbox import mailbox
from tests.faults.notices import expected, many_notices

BASE = "https://tracuu.example.vn"
NUMBER = 12
ROUNDS = 4


@pytest.fixture
async def box():
    async with mailbox() as served:
        yield served


@pytest.fixture
def settings(settings, box):
    mail = MailSettings(host="127.0.0.1", port=box.port, tls="none", sender="baotin@example.vn")
    return replace(settings, mail=mail, web=replace(settings.web, public_url=BASE))


async def test_a_worker_cut_off_again_and_again_tells_each_fact_once(
    client, clock, box, settings, monkeypatch
):
    ids = await many_notices(NUMBER, clock.instant, settings)
    draw = random.Random(7)
    machine = clock_port.machine_now()
    for turn in range(ROUNDS):
        later = machine + timedelta(minutes=2 * turn)
        monkeypatch.setattr(clock_port, "machine_now", lambda later=later: later)
        before = len(box.raw)
        working = asyncio.create_task(service.deliver_due(clock.instant))
        while len(box.raw) < before + draw.randint(1, 3) and not working.done():
            box.taken.clear()
            await asyncio.wait(
                {working, asyncio.create_task(box.taken.wait())}, return_when="FIRST_COMPLETED"
            )
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        clock.advance(timedelta(minutes=1))
    later = machine + timedelta(hours=2)
    monkeypatch.setattr(clock_port, "machine_now", lambda: later)
    for _ in range(MAX_ATTEMPTS):
        await service.deliver_due(clock.advance(timedelta(hours=4)))
    assert {message["Message-ID"] for message in box.messages} == expected(ids)
    by_id = {}
    for raw, message in zip(box.raw, box.messages, strict=True):
        assert by_id.setdefault(message["Message-ID"], raw) == raw, "the same bytes"
    doubled = len(box.raw) - NUMBER
    (unknown,) = await fetch("SELECT count(*) AS n FROM notification_attempt WHERE outcome = 'unknown'")
    assert doubled <= unknown["n"], "none was doubled whose try does not say that nobody knows"
    assert {row["state"] for row in await fetch("SELECT state FROM notification_notice")} == {"sent"}
