"""The page of the queue, reading over HTTP and the command: who may see what, and that each look is noted."""

from datetime import timedelta

from msgspec.structs import replace

from integrations.deliveries import service as deliveries
from integrations.feed.rules import START
from integrations.feed.service import place
from integrations.outgoing import service as outgoing
from integrations.portal.service.sending import FOLLOWER, gather
from manifests.reports.service import portal as synchronised
from postal.config import OutgoingSettings, held, hold
from postal.db import fetch, fetch_value
from postal.identity.rules import Actor, Role
from tests.factories.dossiers import AUTHORITY, OFFICE, STRANGER, Desks
from tests.factories.identity import headers
from tests.factories.pages import check_page
from tests.factories.partners import Sender
from tests.onestop.receiver import Books, Chances, receiving

EVERYBODY = Actor(kind="key", id="test", reads_everything=True)


async def test_agencies_read_the_fields_page_by_page_and_each_look_is_noted(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    codes = []
    for _ in range(3):
        codes.append(await desks.dossier())
        clock.advance(timedelta(seconds=2))
    await desks.states(codes[0], "received")
    first = await client.get("/api/v1/portal/dossiers?limit=2", headers=desks.desk)
    assert first.status_code == 200, first.text
    page = first.json()
    second = await client.get(
        f"/api/v1/portal/dossiers?limit=2&cursor={page['next_cursor']}", headers=desks.desk
    )
    assert [row["MaHoSo"] for row in page["items"] + second.json()["items"]] == codes
    assert (page["items"][0]["TrangThaiHoSo"], page["items"][0]["ChuHoSo"]) == ("2", "Nguyễn Thị Hằng")
    assert second.json()["next_cursor"] is None
    assert await fetch_value("SELECT count(*) FROM audit WHERE action = 'applicant.read'") >= 3
    one = await client.get(f"/api/v1/portal/progress?code={codes[0]}", headers=desks.desk)
    assert [row["TrangThai"] for row in one.json()["items"]] == ["1", "2"]
    empty = await client.get("/api/v1/portal/dossiers?from=2027-01-01", headers=desks.desk)
    assert empty.json()["items"] == []
    wrong = await client.get("/api/v1/portal/dossiers?from=2027-01-01&to=2026-01-01", headers=desks.desk)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "portal.period")

    program = await headers(OFFICE, Role.SYSTEM, now=clock.instant)
    theirs = await client.get("/api/v1/portal/dossiers", headers=program)
    assert [row["MaHoSo"] for row in theirs.json()["items"]] == codes
    for path in ("dossiers", "progress"):
        hidden = await client.get(f"/api/v1/portal/{path}?code={codes[0]}", headers=desks.stranger)
        absent = await client.get(f"/api/v1/portal/{path}?code={codes[0]}9", headers=desks.stranger)
        assert (hidden.status_code, hidden.json()["code"]) == (404, absent.json()["code"])
        nothing = await client.get(f"/api/v1/portal/{path}", headers=desks.stranger)
        assert nothing.json()["items"] == []


async def test_the_page_says_what_waits_what_failed_and_why_and_figures_follow(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    books = Books()
    async with receiving(books, Chances(refused=1.0)) as portal:
        kept = held()
        trusting = replace(kept, outgoing=OutgoingSettings(trusted=(portal.origin,)))
        hold(trusting)
        outgoing.configure(trusting)
        await Sender.of(client, clock, "cong-dvc", "portal", AUTHORITY, url=f"{portal.origin}/VXPAdapter")
        await place(FOLLOWER, START)
        code = await desks.dossier()
        now = clock.advance(timedelta(seconds=40))
        await gather(now)
        await deliveries.deliver_due(now)
        clock.advance(timedelta(minutes=12))
        by = await headers(AUTHORITY, Role.ADMIN, now=clock.instant)
        shown = await client.get("/portal", headers=by)
        check_page(shown)
        assert "portal.answered.99" in shown.text
        assert "chậm" in shown.text
        assert code in shown.text
        assert "Hằng" not in shown.text
        other = await client.get("/portal", headers=await headers(STRANGER, Role.ADMIN, now=clock.instant))
        assert code not in other.text
        figures = await synchronised.figures(EVERYBODY)
        assert (figures.synchronised, figures.waiting) == (0, 1)

        portal.chances = Chances()
        for _ in range(3):
            await deliveries.deliver_due(clock.advance(timedelta(hours=2)))
        figures = await synchronised.figures(EVERYBODY)
        assert (figures.synchronised, figures.waiting, figures.rate) == (1, 0, "100.00")
        shown = await client.get("/portal", headers=by)
        check_page(shown)
        assert "đúng hạn" in shown.text
        outgoing.configure(kept)
        hold(kept)
    assert books.faults == []
    assert books.dossiers[code]["ChuHoSo"] == "Nguyễn Thị Hằng"
    queued = await fetch("SELECT d::text AS said FROM delivery AS d")
    assert len(queued) == 2
    assert not [row for row in queued if "Hằng" in row["said"] or "912" in row["said"]]
