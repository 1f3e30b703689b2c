"""A member of staff chooses to be told, confirms, gets each thing once, by day or at once, until the account ends."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from integrations.notifications.tasks import tell
from postal.config import MailSettings
from postal.db import execute, fetch, unit_of_work
from postal.identifiers import new_id
from postal.identity.repository import people
from postal.identity.rules import Role
from postal.outbox.service import drain
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.identity import headers, person
from tests.factories.mailbox import mailbox
from tests.factories.pages import check_page

ADDRESS = "canary.thu@example.vn"
BASE = "https://tracuu.example.vn"
PASSWORD = "mot cau that dai de nho"
CHOICE = {"address": ADDRESS, "rhythm": "at_once", "quiet_from": "18", "quiet_until": "7", "act": "keep"}
PAGE = "/notices/settings"


@pytest.fixture
async def box():
    async with mailbox() as served:
        yield served


@pytest.fixture
def settings(settings, box):
    mail = MailSettings(host="127.0.0.1", port=box.port, tls="none", sender="baotin@example.vn")
    return replace(settings, mail=mail, web=replace(settings.web, public_url=BASE))


async def signed_in(client, login):
    answer = await client.post("/sign-in", data={"login": login, "password": PASSWORD, "organisation": DESK})
    assert answer.status_code == 303, answer.text


async def test_a_clerk_is_told_of_the_desks_work_once_and_no_more_when_gone(client, clock, box, settings):
    desks = await Desks(client, clock.instant).prepare()
    await person("NV-77", DESK, Role.DESK, now=clock.instant, login="thu", password=PASSWORD)
    async with unit_of_work():
        await people.add_assignment(
            new_id(clock.instant), "NV-77", Role.POST_DESK, OFFICE, clock.instant, None
        )
    before = await desks.dossier()
    await desks.states(before, "received")
    await signed_in(client, "thu")
    assert 'name="kinds"' in check_page(await client.get(PAGE))
    assert (await client.post(PAGE, data={**CHOICE})).status_code == 422, "nothing chosen"
    kinds = ["supplemented", "result", "late", "near_due", "discrepancy", "run"]
    assert (await client.post(PAGE, data={**CHOICE, "address": "no", "kinds": kinds})).status_code == 422
    assert (await client.post(PAGE, data={**CHOICE, "kinds": kinds})).status_code == 303
    await tell(clock.instant)
    assert box.messages[0]["Subject"] == "Xác nhận địa chỉ nhận tin công việc"
    (link,) = [line for line in box.text().splitlines() if f"{BASE}/n/" in line]
    confirmed = check_page(await client.post(link.split(BASE)[1].strip(), data={"act": "confirm"}))
    assert "đang nhận tin công việc" in confirmed
    clock.advance(timedelta(minutes=1))
    code = await desks.dossier()
    await desks.states(code, "received")
    asked = await desks.state(code, "supplement_requested", reason="PAPERS_MISSING", items=[])
    assert asked.status_code == 201, asked.text
    clock.advance(timedelta(minutes=1))
    await desks.states(code, "supplemented")
    await drain()
    for _ in range(3):
        await tell(clock.instant)
    assert [message["Subject"] for message in box.messages[1:]] == ["Có 1 việc cần xử lý"]
    assert f"- {code}" in box.text()
    assert before not in box.text()
    done = await desks.dossier()
    await desks.states(done, "received", "step_done", "completed")
    await drain()
    for _ in range(3):
        await tell(clock.instant)
    assert len(box.raw) == 3
    assert f"chờ bưu cục đến nhận:\n- {done}" in box.text().replace("\r\n", "\n")
    clock.advance(timedelta(days=30))
    for _ in range(3):
        await tell(clock.instant)
    assert len(box.raw) == 4
    assert f"- {code}: hạn" in box.text(), "late now, told in one message"
    assert f"- {before}: hạn" in box.text()
    assert done not in box.text()
    for canary in ("Hằng", "0912", "Lê Lợi"):
        assert canary.encode() not in b"".join(box.raw)
    await signed_in(client, "thu")
    shown = check_page(await client.get(PAGE))
    assert ADDRESS in shown
    assert shown.count("Đã gửi") == 4
    assert (await client.post(PAGE, data={**CHOICE, "rhythm": "daily", "kinds": ["late"]})).status_code == 303
    assert len(await fetch("SELECT * FROM notification_subscription")) == 1, "the address is the same"
    await execute("UPDATE assignment SET valid_to = $1 WHERE person = 'NV-77'", clock.instant)
    clock.advance(timedelta(minutes=1))
    await tell(clock.instant)
    rows = await fetch("SELECT state, ended_why FROM notification_subscription")
    assert [tuple(row) for row in rows] == [("ended", "left")]
    assert await fetch("SELECT * FROM notification_address") == []
    key = {**await headers(OFFICE, Role.CLERK, now=clock.instant), "Accept": "text/html"}
    client.cookies.clear()
    assert (await client.get(PAGE, headers=key)).status_code == 403, "a key has no page of its own"
