"""Real workers, killed again and again while they send: each notice arrives once by its Message-ID, none is lost."""

import asyncio
import random
import signal

import pytest
from msgspec.structs import replace

from postal import clock
from postal.config import MailSettings
from postal.db import execute, fetch
from tests.factories.mailbox import mailbox
from tests.faults.notices import expected, many_notices

BASE = "https://tracuu.example.vn"
SENDER = "baotin@example.vn"
NUMBER = 120
KILLS = 6
ROUND_S = 90
SENT = "SELECT count(*) FILTER (WHERE state = 'sent') AS sent, count(*) AS n FROM notification_notice"


@pytest.fixture
async def box():
    async with mailbox() as served:
        yield served


@pytest.fixture
def settings(settings, box, folder):
    mail = MailSettings(host="127.0.0.1", port=box.port, tls="none", sender=SENDER)
    return replace(settings, mail=mail, web=replace(settings.web, public_url=BASE), data=str(folder))


def begin(launch, settings, box):
    return launch(
        "worker",
        settings.database,
        POSTAL_MAIL__HOST="127.0.0.1",
        POSTAL_MAIL__PORT=str(box.port),
        POSTAL_MAIL__TLS="none",
        POSTAL_MAIL__SENDER=SENDER,
        POSTAL_WEB__PUBLIC_URL=BASE,
        POSTAL_NOTICES__QUIET_FROM="0",
        POSTAL_NOTICES__QUIET_UNTIL="0",
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_workers_killed_amid_sending_tell_each_citizen_once(client, settings, box, launch):
    now = clock.machine_now()
    ids = await many_notices(NUMBER, now, settings)
    draw = random.Random(11)
    for _ in range(KILLS):
        worker = begin(launch, settings, box)
        wanted = len(box.raw) + draw.randint(1, 14)
        async with asyncio.timeout(ROUND_S):
            while len(box.raw) < wanted:
                box.taken.clear()
                await box.taken.wait()
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait()
        # A lease outlasts a test; a minute later it would run out by itself.
        await execute("UPDATE notification_notice SET leased_until = $1 WHERE state = 'sending'", now)
    begin(launch, settings, box)
    async with asyncio.timeout(4 * ROUND_S):
        while (row := (await fetch(SENT))[0])["sent"] < row["n"]:  # noqa: ASYNC110 - a state of the database
            await asyncio.sleep(0.5)
    messages = box.messages
    assert {message["Message-ID"] for message in messages} == expected(ids)
    by_id = {}
    for raw, message in zip(box.raw, messages, strict=True):
        assert by_id.setdefault(message["Message-ID"], raw) == raw
    (unknown,) = await fetch("SELECT count(*) AS n FROM notification_attempt WHERE outcome = 'unknown'")
    assert len(box.raw) - NUMBER <= unknown["n"]
    assert len(set(box.recipients)) == NUMBER
