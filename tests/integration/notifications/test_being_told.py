"""A citizen asks to be told, confirms, is told of each fact once, and ends it; over a real mail server."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from integrations.notifications import service
from integrations.notifications.tasks import tell
from postal import clock as clock_port
from postal.config import MailSettings, code_key
from postal.db import execute, fetch, unit_of_work
from postal.identity.rules import Role
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from postal.network.rules import OPERATOR
from postal.outbox.service import drain
from shipments.tracking.service import links_for
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.gateway import gateway
from tests.factories.identity import headers
from tests.factories.mailbox import mailbox
from tests.factories.pages import check_page
from tests.factories.pieces import scan

ADDRESS = "canary.hang@example.vn"
BASE = "https://tracuu.example.vn"


@pytest.fixture
async def box():
    async with mailbox() as served:
        yield served


@pytest.fixture
async def outside():
    async with gateway() as served:
        yield served


@pytest.fixture
def settings(settings, box, outside):
    mail = MailSettings(host="127.0.0.1", port=box.port, tls="none", sender="baotin@example.vn")
    notices = replace(
        settings.notices,
        trusted=(outside.origin,),
        sms_gateway=f"{outside.origin}/sms",
        zalo_gateway=f"{outside.origin}/zalo",
        key="khóa".encode().hex(),
    )
    return replace(settings, mail=mail, notices=notices, web=replace(settings.web, public_url=BASE))


class Citizen:
    """Somebody with a slip, and the dossier that it is about."""

    def __init__(self, desks, clock, settings):
        self.desks, self.clock, self.settings = desks, clock, settings

    async def build(self):
        await self.desks.prepare()
        self.code = await self.desks.dossier()
        tokens = await links_for([self.code], key=code_key(self.settings), by=OFFICE, now=self.clock.instant)
        self.slip = f"/t/l/{tokens[self.code]}"
        await self.tell()
        return self

    async def tell(self):
        await tell(self.clock.instant)

    async def ask(self, channel="email", address=ADDRESS):
        answer = await self.desks.client.post(
            f"{self.slip}/notices", data={"channel": channel, "address": address}
        )
        await self.tell()
        return answer

    async def confirmed(self, box):
        assert (await self.ask()).status_code == 303
        link = self.link(box)
        assert "Đã thôi" not in check_page(await self.desks.client.get(link))
        page = check_page(await self.desks.client.post(link, data={"act": "confirm"}))
        assert "đang nhận tin báo" in page
        return link

    def link(self, box, number=-1):
        (line,) = [line for line in box.text(number).splitlines() if f"{BASE}/n/" in line]
        return line.split(BASE)[1].strip()

    async def rows(self):
        return await fetch("SELECT kind, state, attempts FROM notification_notice ORDER BY made_at, id")


@pytest.fixture
async def citizen(client, clock, settings):
    return await Citizen(Desks(client, clock.instant), clock, settings).build()


async def test_mail_is_confirmed_first_and_each_fact_is_told_once(citizen, clock, box):
    link = await citizen.confirmed(box)
    assert box.messages[0]["Subject"].startswith("Xác nhận nhận tin báo")
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received", "step_done")
    for _ in range(3):
        await citizen.tell()
    await citizen.desks.states(citizen.code, "completed")
    result = f"{citizen.code}-KQ"
    await scan("receive", result, OFFICE, clock.advance(timedelta(hours=1)), counterparty=DESK)
    await scan("out_for_delivery", result, OFFICE, clock.advance(timedelta(minutes=10)))
    await scan("attempt_failed", result, OFFICE, clock.advance(timedelta(minutes=30)), reason="ABSENT")
    await execute(
        'UPDATE notification_cursor SET cursor = \'[0, 0, "00000000-0000-0000-0000-000000000000", ""]\''
    )
    for _ in range(3):
        await citizen.tell()
    subjects = [message["Subject"] for message in box.messages]
    assert sorted(subject.split(" – ")[0] for subject in subjects[1:]) == sorted(
        ["Hồ sơ đã được tiếp nhận", "Đã có kết quả", "Bưu tá đang đi phát kết quả", "Chưa phát được kết quả"]
    )
    assert any("17:00 thứ Ba 01/12/2026" in box.text(number) for number in range(len(subjects)))
    assert any("Lần phát tới: từ ngày" in box.text(number) for number in range(len(subjects)))
    assert len({message["Message-ID"] for message in box.messages}) == len(subjects)
    assert set(box.recipients) == {ADDRESS}
    assert box.messages[-1]["List-Unsubscribe"] == f"<{BASE}{link}>"
    for raw in box.raw:
        for canary in ("Hằng", "0912", "Lê Lợi", "9.000001", "Thủ tục thử"):
            assert canary.encode() not in raw
    shown = check_page(await citizen.desks.client.get(citizen.slip))
    assert shown.count("Đã gửi") >= 5
    assert ADDRESS not in shown
    one_click = await citizen.desks.client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert "đã được xóa" in one_click.text
    assert await fetch("SELECT * FROM notification_address") == []
    await citizen.desks.states(citizen.code, "result_at_desk")
    await citizen.tell()
    assert len(box.raw) == len(subjects)


async def test_a_greylisting_server_is_tried_again_and_a_refusal_is_shown(citizen, clock, box):
    await citizen.confirmed(box)
    box.says = ["451 4.7.1 Greylisted for canary.hang@example.vn", "451 4.7.1 Greylisted"]
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received")
    await citizen.tell()
    assert [tuple(row) for row in await citizen.rows()][1] == ("due", "waiting", 1)
    await citizen.tell()
    assert len(box.raw) == 1, "not before its time"
    clock.advance(timedelta(minutes=1))
    await citizen.tell()
    clock.advance(timedelta(minutes=5))
    await citizen.tell()
    assert [tuple(row) for row in await citizen.rows()][1] == ("due", "sent", 3)
    tries = await fetch("SELECT outcome, answer FROM notification_attempt ORDER BY began_at, number")
    assert [tuple(row) for row in tries][1:] == [
        ("later", "451 4.7.1"), ("later", "451 4.7.1"), ("sent", "250 2.0.0")
    ]  # fmt: skip
    box.says = ["550 5.1.1 no such user"]
    await citizen.desks.state(citizen.code, "supplement_requested", reason="PAPERS_MISSING", items=[])
    clock.advance(timedelta(minutes=1))
    await citizen.tell()
    page = check_page(await citizen.desks.client.get(citizen.slip))
    assert "Không gửi được" in page
    assert "bên nhận từ chối" in page
    supervisor = await headers(OFFICE, Role.SUPERVISOR, now=clock.instant)
    staff = check_page(
        await citizen.desks.client.get("/notices", headers={**supervisor, "Accept": "text/html"})
    )
    assert "550 5.1.1" in staff
    assert citizen.code in staff
    assert ADDRESS not in staff
    other = await headers("BC-999998", Role.SUPERVISOR, now=clock.instant)
    elsewhere = await citizen.desks.client.get("/notices", headers={**other, "Accept": "text/html"})
    assert citizen.code not in elsewhere.text


async def test_a_worker_killed_after_sending_sends_the_same_bytes_again_and_says_so(
    citizen, clock, box, monkeypatch
):
    await citizen.confirmed(box)
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received")
    await service.gather(clock.instant)
    never = asyncio.get_running_loop().create_future()
    box.says, box.taken = [never], asyncio.Event()
    working = asyncio.create_task(service.deliver_due(clock.instant))
    await asyncio.wait_for(box.taken.wait(), 10)
    working.cancel()
    never.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert [tuple(row) for row in await citizen.rows()][1] == ("due", "sending", 1)
    await service.deliver_due(clock.instant)
    assert len(box.raw) == 2, "another worker leaves it alone while its lease runs"
    later = clock_port.machine_now() + timedelta(minutes=2)
    monkeypatch.setattr(clock_port, "machine_now", lambda: later)
    await service.deliver_due(clock.instant)
    assert len(box.raw) == 3
    assert box.raw[1] == box.raw[2], "Message-ID, date and words are the same"
    tries = await fetch(
        "SELECT outcome FROM notification_attempt AS t JOIN notification_notice AS n ON n.id = t.notice"
        " WHERE n.kind = 'due' ORDER BY number"
    )
    assert [row["outcome"] for row in tries] == ["unknown", "sent"]
    await service.deliver_due(clock.instant)
    assert len(box.raw) == 3


async def test_nobody_is_told_at_night_and_two_workers_tell_once(citizen, clock, box):
    await citizen.confirmed(box)
    clock.advance(timedelta(hours=14))  # 22:00
    await citizen.desks.states(citizen.code, "received")
    await citizen.tell()
    assert len(box.raw) == 1
    clock.advance(timedelta(hours=9))  # 07:00
    await asyncio.gather(citizen.tell(), citizen.tell(), citizen.tell())
    assert len(box.raw) == 2


async def test_webhooks_sms_and_zalo_go_through_one_interface(citizen, clock, outside, box):
    shown = check_page(await citizen.ask("webhook", f"{outside.origin}/hook"))
    secret = shown.split('id="secret">')[1].split("<")[0]
    assert (await citizen.ask("sms", "")).status_code == 303
    assert (await citizen.ask("zalo", "")).status_code == 303
    assert secret not in (await citizen.desks.client.get(citizen.slip)).text
    outside.says = [(503, ""), (202, ""), (202, "")]
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received")
    await citizen.tell()
    clock.advance(timedelta(minutes=1))
    await citizen.tell()
    by_path = {call[0].split()[1]: call for call in outside.calls}
    assert set(by_path) == {"/hook", "/sms", "/zalo"}
    assert len(outside.calls) == 4
    called = msgspec.json.decode(by_path["/hook"][2])
    assert (called["type"], called["data"]["dossier"]) == ("dossier.due", citizen.code)
    assert by_path["/hook"][1]["webhook-signature"].startswith("v1,")
    sms = msgspec.json.decode(by_path["/sms"][2])
    assert sms["to"].replace(" ", "") == "0912345678"
    assert sms["text"].endswith("hen tra ket qua 17:00 01/12/2026.")
    zalo = msgspec.json.decode(by_path["/zalo"][2])
    assert "17:00 thứ Ba 01/12/2026" in zalo["text"]
    assert by_path["/sms"][1]["authorization"].startswith("bearer ")
    outside.says = [(410, "")] * 3
    await citizen.desks.state(citizen.code, "supplement_requested", reason="PAPERS_MISSING", items=[])
    clock.advance(timedelta(minutes=1))
    await citizen.tell()
    failed = [row for row in await citizen.rows() if row["state"] == "failed"]
    assert len(failed) == 3
    for inner in ("https://127.0.0.1/", "https://169.254.169.254/x", "http://example.vn/"):
        assert (await citizen.ask("webhook", inner)).status_code == 422


async def test_addresses_are_sealed_given_out_to_their_owner_and_forgotten(citizen, clock, box):
    await citizen.confirmed(box)
    for table in (
        "notification_subscription",
        "notification_address",
        "notification_notice",
        "ledger",
        "outbox",
    ):
        rows = await fetch(f"SELECT t::text AS row FROM {table} AS t")
        assert not any(ADDRESS in row["row"] or ADDRESS.encode().hex() in row["row"] for row in rows), table
    exported = await service.export(citizen.code)
    assert [(one["address"], one["state"]) for one in exported] == [(ADDRESS, "active")]
    assert (await citizen.ask()).status_code == 409
    assert await service.erase(citizen.code, clock.instant) == 1
    assert [(one["address"], one["state"]) for one in await service.export(citizen.code)] == [(None, "ended")]
    for number in range(4):
        assert (await citizen.ask(address=f"a{number}@example.vn")).status_code == 303
    assert (await citizen.ask(address="a5@example.vn")).status_code == 303
    assert (await citizen.ask(address="a6@example.vn")).status_code == 409
    assert (await citizen.ask("fax", "1")).status_code == 422
    unknown = await citizen.desks.client.get(f"/n/{'a' * 26}")
    assert unknown.status_code == 404
    assert (
        await citizen.desks.client.post(f"/t/l/{'a' * 26}/notices", data={"channel": "email"})
    ).status_code == 404


async def test_without_a_mail_server_the_form_says_so_and_offers_none(client, clock, settings):
    app = client._transport.app
    app.state.settings = replace(settings, mail=MailSettings())
    citizen = await Citizen(Desks(client, clock.instant), clock, settings).build()
    page = check_page(await client.get(citizen.slip))
    assert "chưa được thiết lập ở đây" in page
    assert 'value="email"' not in page
    assert (await citizen.ask()).status_code == 422


async def test_an_apology_is_told_whether_it_moves_the_date_or_comes_after_the_end(citizen, clock, box):
    await citizen.confirmed(box)
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received", "step_done")
    due = "2026-12-08T10:00:00+00:00"
    moved = await citizen.desks.state(citizen.code, "extended", due=due, apology="12/2026-XL")
    assert moved.status_code == 201, moved.text
    row = authored(
        stream=Stream.RECORD,
        kind="apology.sent",
        code=citizen.code,
        occurred_at=clock.instant,
        now=clock.instant,
        actor_organisation=AUTHORITY,
        body={"number": "13/2026-XL"},
    )
    async with unit_of_work():
        await record([row])
    await citizen.tell()
    told = {message["Subject"].split(" – ")[0]: message.get_content() for message in box.messages[1:]}
    assert "17:00 thứ Ba 08/12/2026" in told["Xin lỗi và hẹn lại ngày trả kết quả"]
    assert "12/2026-XL" in told["Xin lỗi và hẹn lại ngày trả kết quả"]
    assert "13/2026-XL" in told["Văn bản xin lỗi của cơ quan"]


class Storm:
    """Decisions on working days, each of which takes a day off, carried to every open deadline."""

    def __init__(self, citizen, clock):
        self.citizen, self.clock = citizen, clock

    async def build(self):
        self.national = await headers(OPERATOR, Role.CONTROL, now=self.clock.instant)
        return self

    async def takes_off(self, day):
        self.clock.advance(timedelta(minutes=1))
        decision = {
            "number": f"{day[-2:]}/CĐ-TTG",
            "decided_on": "2026-11-23",
            "title": "Nghỉ làm việc để ứng phó bão",
            "days": [{"day": day, "change": "off", "name": "Nghỉ tránh bão"}],
        }
        entered = await self.citizen.desks.client.post(
            "/api/v1/calendars/VN-HC/decisions", json=decision, headers=self.national
        )
        assert entered.status_code == 201, entered.text
        await drain()
        for _ in range(2):
            await self.citizen.tell()


def told_of_moves(box):
    """Give what each notice of a moved date says, in the order of telling."""
    return [
        message.get_content()
        for message in box.messages
        if message["Subject"].startswith("Ngày hẹn trả kết quả đã đổi")
    ]


async def test_a_date_that_a_decision_moves_is_told_once_to_who_had_asked_before(citizen, clock, box):
    await citizen.desks.states(citizen.code, "received")
    other = await citizen.desks.dossier()
    await drain()
    storm = await Storm(citizen, clock).build()
    await storm.takes_off("2026-11-25")
    assert told_of_moves(box) == []
    clock.advance(timedelta(minutes=1))
    link = await citizen.confirmed(box)
    await citizen.tell()
    assert told_of_moves(box) == [], "what was known before is on the page"
    await storm.takes_off("2026-11-26")
    (told,) = told_of_moves(box)
    assert "đổi theo quyết định về ngày làm việc: 17:00 thứ Năm 03/12/2026" in told
    assert citizen.code in told
    assert other not in told
    shown = check_page(await citizen.desks.client.get(citizen.slip))
    assert shown.count("<li>Ngày hẹn đã đổi") == 1
    await storm.takes_off("2026-12-22")
    assert len(told_of_moves(box)) == 1, "a day after the date moves nothing"
    await storm.takes_off("2026-11-27")
    assert "17:00 thứ Sáu 04/12/2026" in told_of_moves(box)[-1]
    await citizen.desks.client.post(link, data={"act": "end"})
    await storm.takes_off("2026-11-30")
    assert len(told_of_moves(box)) == 2


async def test_of_a_promise_that_was_put_off_no_earlier_day_is_told(citizen, clock, box):
    await citizen.confirmed(box)
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received", "step_done")
    due = "2026-12-08T10:00:00+00:00"
    put_off = await citizen.desks.state(citizen.code, "extended", due=due, apology="12/2026-XL")
    assert put_off.status_code == 201, put_off.text
    await drain()
    storm = await Storm(citizen, clock).build()
    await storm.takes_off("2026-11-26")
    assert told_of_moves(box) == []
