"""Proof of delivery or of failure, by the reference gateway and by mail that came back; nothing ends silently."""

from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from integrations.notifications import repository, service
from postal.config import MailSettings
from postal.db import fetch
from postal.identity.rules import Role
from postal.network.rules import OPERATOR
from tests.factories.carrier import reference_gateway
from tests.factories.dossiers import OFFICE, Desks
from tests.factories.identity import headers
from tests.factories.mailbox import mailbox
from tests.factories.pages import check_page
from tests.integration.notifications.test_being_told import ADDRESS, BASE, Citizen

SECRET = "whsec_" + "QUJD" * 11
KEY = "gateway-key"
DSN = """\
From: MAILER-DAEMON@mx.example.vn
To: baotin@example.vn
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

The address <{address}> does not exist.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.vn
Arrival-Date: Mon, 23 Nov 2026 08:05:00 +0700

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{address}> no such user

--b1
Content-Type: text/rfc822-headers

From: baotin@example.vn
Message-ID: {message}
Subject: x

--b1--
"""


@pytest.fixture
async def box():
    async with mailbox() as served:
        yield served


@pytest.fixture
async def gateway():
    async with reference_gateway(KEY, SECRET) as served:
        yield served


@pytest.fixture
def settings(settings, box, gateway):
    return replace(
        settings,
        mail=MailSettings(host="127.0.0.1", port=box.port, tls="none", sender="baotin@example.vn"),
        notices=replace(
            settings.notices,
            trusted=(gateway.origin,),
            sms_gateway=f"{gateway.origin}/sms",
            zalo_gateway=f"{gateway.origin}/zalo",
            zalo_templates=("due=ZNS100", "result=ZNS200"),
            key=KEY,
            report_secret=SECRET,
        ),
        web=replace(settings.web, public_url=BASE),
    )


@pytest.fixture
async def citizen(client, clock, settings):
    return await Citizen(Desks(client, clock.instant), clock, settings).build()


async def states():
    rows = await fetch(
        "SELECT s.channel, n.kind, n.state FROM notification_notice AS n"
        " JOIN notification_subscription AS s ON s.id = n.subscription WHERE n.kind <> 'confirm'"
        " ORDER BY s.channel, n.made_at, n.id"
    )
    return [tuple(row) for row in rows]


async def test_a_gateway_proves_that_a_message_arrived_or_says_why_not(citizen, clock, gateway):
    client = citizen.desks.client
    for channel in ("sms", "zalo"):
        assert (await citizen.ask(channel, "")).status_code == 303
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received")
    await citizen.tell()
    assert gateway.refused == []
    taken = {each["given"]["channel"]: each["given"] for each in gateway.taken.values()}
    assert taken["sms"]["text"] == f"Ho so {citizen.code}: Da tiep nhan, hen tra ket qua 17:00 01/12/2026."
    assert taken["zalo"]["template"] == "ZNS100"
    assert taken["zalo"]["data"]["dossier"] == citizen.code
    assert await states() == [("sms", "due", "sent"), ("zalo", "due", "sent")]
    sms, zalo = taken["sms"]["id"], taken["zalo"]["id"]
    told = await gateway.report(client, sms, "delivered", at=clock.instant)
    assert (told.status_code, told.json()) == (200, {"id": sms, "state": "delivered", "repeated": False}), (
        told.text
    )
    again = await gateway.report(client, sms, "delivered", at=clock.instant)
    assert again.json() == {"id": sms, "state": "delivered", "repeated": True}
    late = await gateway.report(client, sms, "failed", "timeout", at=clock.instant)
    assert late.json()["state"] == "delivered", "what arrived has arrived"
    failed = await gateway.report(client, zalo, "failed", "Blocked by +84 912345678", at=clock.instant)
    assert failed.json()["state"] == "failed"
    assert "Đã đến máy người nhận" in check_page(await client.get(citizen.slip))
    supervisor = {**await headers(OFFICE, Role.SUPERVISOR, now=clock.instant), "Accept": "text/html"}
    page = check_page(await client.get("/notices", headers=supervisor))
    assert citizen.code in page
    assert '<span class="code small">blocked</span>' in page
    assert "912345678" not in page
    home = check_page(await client.get("/home", headers=supervisor))
    assert "tin báo không đến được người dân" in home
    pressed = await client.post(f"/notices/{zalo}/again", headers=supervisor)
    assert "được gửi lại" in check_page(pressed)
    await citizen.tell()
    assert await states() == [("sms", "due", "delivered"), ("zalo", "due", "failed"), ("zalo", "due", "sent")]
    assert len(gateway.taken) == 3
    assert "tin báo không đến được" not in (await client.get("/home", headers=supervisor)).text
    assert (await client.post(f"/notices/{zalo}/again", headers=supervisor)).status_code == 404
    stranger = {**await headers("BC-999997", Role.SUPERVISOR, now=clock.instant), "Accept": "text/html"}
    assert (await client.post(f"/notices/{sms}/again", headers=stranger)).status_code == 404
    audited = await fetch("SELECT subject FROM audit WHERE action = 'notice.tried_again'")
    assert [row["subject"] for row in audited] == [citizen.code]
    await citizen.desks.state(citizen.code, "supplement_requested", reason="PAPERS_MISSING", items=[])
    await citizen.tell()
    assert ("zalo", "supplement", "failed") in await states(), (
        "Zalo has no template for it: told, not dropped"
    )


async def test_a_report_that_is_not_the_gateways_changes_nothing(citizen, clock, gateway):
    client = citizen.desks.client
    assert (await citizen.ask("sms", "")).status_code == 303
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received")
    await citizen.tell()
    (sms,) = gateway.taken
    url = "/api/v1/notices/reports"
    body, named = gateway.reporting(sms, "delivered", at=clock.instant)
    for changed in (
        {},
        {**named, "webhook-signature": "v1,AAAA"},
        {**named, "webhook-id": "other"},
        gateway.reporting(sms, "delivered", at=clock.instant - timedelta(minutes=6))[1],
        {"content-type": "application/json", **await headers(OFFICE, Role.SYSTEM, now=clock.instant)},
    ):
        answer = await client.post(url, content=body, headers={**changed, "content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (401, "notice.report_not_signed"), changed
    tampered = body.replace(b"delivered", b"failed")
    assert (await client.post(url, content=tampered, headers=named)).status_code == 401
    unknown = await gateway.report(client, str(uuid4()), "failed", at=clock.instant)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "notice.unknown")
    assert await states() == [("sms", "due", "sent")]
    operator = await headers(OPERATOR, Role.SYSTEM, now=clock.instant)
    assert (await client.post(url, json={"id": sms, "state": "failed"}, headers=operator)).status_code == 200
    assert await states() == [("sms", "due", "failed")]


async def test_mail_that_comes_back_is_read_and_the_office_sees_it(citizen, clock, box):
    await citizen.confirmed(box)
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received")
    await citizen.tell()
    message = box.messages[-1]["Message-ID"]
    raw = DSN.format(address=ADDRESS, message=message, action="delayed", status="4.2.2").encode()
    assert [state for _, state in await service.bounce(raw, clock.instant)] == ["unchanged"]
    raw = DSN.format(address=ADDRESS, message=message, action="failed", status="5.1.1").encode()
    for _ in range(2):
        assert [state for _, state in await service.bounce(raw, clock.instant)] == ["failed"]
    assert await service.bounce(b"Subject: spam\r\n\r\nhello", clock.instant) == []
    supervisor = {**await headers(OFFICE, Role.SUPERVISOR, now=clock.instant), "Accept": "text/html"}
    page = check_page(await citizen.desks.client.get("/notices", headers=supervisor))
    assert "bounce_5.1.1" in page
    assert ADDRESS not in page
    assert "Không gửi được" in check_page(await citizen.desks.client.get(citizen.slip))


async def test_what_comes_too_late_expires_and_a_dead_gateway_is_seen(citizen, clock, gateway):
    assert (await citizen.ask("sms", "")).status_code == 303
    clock.advance(timedelta(minutes=1))
    await citizen.desks.states(citizen.code, "received")
    gateway.says = [503] * 4
    for _ in range(4):
        await citizen.tell()
        clock.advance(timedelta(hours=2))
    (sms,) = [each for each in await repository.ways(clock.instant) if each.channel == "sms"]
    assert (sms.waiting, sms.failing, sms.last_sent) == (1, 4, None)
    assert sms.oldest is not None
    supervisor = {**await headers(OFFICE, Role.SUPERVISOR, now=clock.instant), "Accept": "text/html"}
    assert '<span class="tag bad">4</span>' in check_page(
        await citizen.desks.client.get("/notices", headers=supervisor)
    )
    clock.advance(timedelta(days=15))
    await citizen.tell()
    assert await states() == [("sms", "due", "expired")]
    page = check_page(await citizen.desks.client.get("/notices", headers=supervisor))
    assert "Quá hạn, không gửi nữa" in page
