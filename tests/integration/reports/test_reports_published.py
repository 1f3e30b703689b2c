import csv
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO, StringIO

import openpyxl
import pytest

from manifests.reports import service
from manifests.reports.rules import Standing
from postal import db
from postal.db import execute, fetch, fetch_value
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from postal.network.rules import OPERATOR
from postal.outbox.service import drain
from shipments.clocks import service as clocks
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.identity import headers, person
from tests.factories.pages import check_page

UNIT, SHEET = f"BAOCAO-DONVI-2026M11-{AUTHORITY}", f"BAOCAO-766-2026M11-{AUTHORITY}"
DECEMBER = datetime(2026, 12, 3, 2, 0, tzinfo=UTC)


def at_local(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=timezone(timedelta(hours=7)))


class Office:
    """A desk with dossiers of November, and whoever reports on them."""

    def __init__(self, client, clock):
        self.client, self.clock = client, clock

    async def prepare(self):
        self.desks = await Desks(self.client, self.clock.instant).prepare()
        self.control = await headers(AUTHORITY, Role.CONTROL, now=self.clock.instant)
        self.codes = [await self.settled(day) for day in range(3)]
        self.open = await self.desks.dossier()
        self.clock.advance(timedelta(minutes=5))
        await self.desks.states(self.open, "received")
        self.clock.advance(timedelta(hours=1))
        await self.reckon()
        return self

    async def settled(self, days):
        code = await self.desks.dossier()
        self.clock.advance(timedelta(minutes=10))
        await self.desks.states(code, "received")
        self.clock.advance(timedelta(days=days, minutes=10))
        await self.desks.states(code, "step_done", "completed")
        return code

    async def reckon(self):
        codes = [row["code"] for row in await fetch("SELECT code FROM dossier")]
        async with db.unit_of_work():
            await clocks.recompute(codes)

    async def get(self, path, by=None):
        return await self.client.get(path, headers=by or self.control)

    async def report(self, code, by=None):
        answer = await self.get(f"/api/v1/reports/{code}", by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def publish(self, code, by=None):
        return await self.client.post(f"/api/v1/reports/{code}/publish", headers=by or self.control)


def figure(report, table, key, by="all", group=""):
    lines = next(each for each in report["content"]["tables"] if each["key"] == table)["lines"]
    line = next(each for each in lines if (each["by"], each["group"]) == (by, group))
    return next(each for each in line["figures"] if each["key"] == key)


@pytest.fixture
async def office(client, clock, database):
    return await Office(client, clock).prepare()


async def test_a_month_is_provisional_then_published_then_frozen(office, clock, database):
    running = await office.report(UNIT)
    assert running["content"]["provisional"]
    assert [figure(running, "settlement", key)["n"] for key in ("handled", "done", "open")] == [4, 3, 1]
    refused = await office.publish(UNIT)
    assert (refused.status_code, refused.json()["code"]) == (409, "report.still_running")
    future = await office.get(f"/api/v1/reports/BAOCAO-DONVI-2027M01-{AUTHORITY}")
    assert (future.status_code, future.json()["code"]) == (422, "report.future")

    clock.set(DECEMBER)
    assert (await office.publish(UNIT, office.desks.desk)).status_code == 403
    published = await office.publish(UNIT)
    assert published.status_code == 200, published.text
    frozen = await office.report(UNIT)
    assert frozen["restatement"] is None
    assert frozen["content"] == published.json()["content"]
    assert not frozen["content"]["provisional"]
    again = await office.publish(UNIT)
    assert (again.status_code, again.json()["code"]) == (409, "report.published")

    public = f"/published-reports/{SHEET}"
    assert (await office.client.get(public)).status_code == 404
    assert (await office.publish(SHEET)).status_code == 200
    assert "100,00 %" in check_page(await office.client.get(public))
    assert SHEET in check_page(await office.client.get("/published-reports"))
    assert (await office.client.get(f"/published-reports/{UNIT}")).status_code == 404

    # A device that was away brings an event of November: the frozen month stays, the difference stands beside it.
    clock.advance(timedelta(days=1))
    late = {"occurred_at": "2026-11-29T10:00:00+07:00"}
    assert (await office.desks.state(office.open, "step_done", **late)).status_code == 201
    assert (await office.desks.state(office.open, "completed", **late)).status_code == 201
    await office.reckon()
    restated = await office.report(UNIT)
    assert restated["content"] == frozen["content"]
    found = {one["key"]: one for one in restated["restatement"]["differences"] if one["by"] == "all"}
    assert (found["done"]["published"]["n"], found["done"]["now"]["n"]) == (3, 4)
    assert restated["restatement"]["rows_in_all"] == 2
    assert {row["code"] for row in restated["restatement"]["rows"]} == {office.open}

    text = check_page(await office.get(f"/reports/{UNIT}"))
    assert "Thay đổi sau công bố" in text
    assert restated["published"]["digest"] in text
    with pytest.raises(Exception, match="permission denied"):
        await execute("UPDATE report_content SET report = 'x'")
    before = await export()
    async with db.as_owner(database):
        await rebuild()
    assert await export() == before


async def test_the_sheet_leads_to_its_dossiers_and_says_what_is_missing(office, clock):
    sheet = await office.report(SHEET)
    assert figure(sheet, "indicators", "2.1")["value"] == "100.00"
    assert (figure(sheet, "indicators", "2.1")["n"], figure(sheet, "indicators", "2.1")["d"]) == (4, 4)
    assert float(figure(sheet, "indicators", "2.1")["low"]) < 60
    assert figure(sheet, "indicators", "2.1", "authority", AUTHORITY)["n"] == 4
    assert figure(sheet, "indicators", "1.4") == {"key": "1.4", "why": "nothing_synchronised"}
    assert figure(sheet, "indicators", "3.1") == {"key": "3.1", "why": "no_data_here"}
    assert figure(sheet, "indicators", "5.2")["why"] == "nothing_counted"
    weights = [int(line["figures"][0]["value"]) for line in sheet["content"]["tables"][0]["lines"]]
    assert weights == [18, 20, 22, 22, 18]
    assert figure(sheet, "points", "points", "group", "progress")["value"] == "20.00"

    rows = await office.get(f"/api/v1/reports/{SHEET}/rows?measure=on_time&limit=3")
    assert len(rows.json()["items"]) == 3
    rest = await office.get(
        f"/api/v1/reports/{SHEET}/rows?measure=on_time&cursor={rows.json()['next_cursor']}"
    )
    listed = {row["code"] for row in [*rows.json()["items"], *rest.json()["items"]]}
    assert listed == {*office.codes, office.open}
    assert (await office.get(f"/api/v1/reports/{SHEET}/rows?measure=1=1")).status_code == 422
    assert (await office.get(f"/api/v1/reports/{SHEET}/rows?measure=late&by=code")).status_code == 422
    check_page(await office.get(f"/reports/{SHEET}/rows?measure=late"))
    check_page(await office.get(f"/reports/{SHEET}"))
    check_page(await office.get(f"/reports/{SHEET}?lang=en"), "en")

    receipt = {"dossier": office.codes[0], "status": 9, "accepted": True}
    refused = {"dossier": office.codes[1], "status": 9, "accepted": False, "error": "schema"}
    system = await headers(AUTHORITY, Role.SYSTEM, now=clock.instant)
    answer = await office.client.post(
        "/api/v1/portal/receipts", json={"receipts": [receipt, refused]}, headers=system
    )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["synchronised"], answer.json()["rate"]) == (1, "25.00")
    assert answer.json()["errors"][0]["error"] == "schema"
    clock.advance(timedelta(minutes=1))
    assert figure(await office.report(SHEET), "indicators", "1.4")["value"] == "25.00"
    waiting = (await office.get("/api/v1/portal/queue")).json()["items"]
    assert office.codes[0] not in {one["code"] for one in waiting}


async def test_reports_are_files_too_and_the_register_names_people_to_those_who_may(office):
    pdf = await office.get(f"/api/v1/reports/{UNIT}/report.pdf")
    assert pdf.content.startswith(b"%PDF"), pdf.text
    workbook = openpyxl.load_workbook(
        BytesIO((await office.get(f"/api/v1/reports/{UNIT}/report.xlsx")).content)
    )
    assert workbook.worksheets[0]["A2"].value == "Toàn bộ"
    assert workbook.worksheets[0]["B2"].value == 4
    text = (await office.get(f"/api/v1/reports/{SHEET}/report.csv")).content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert next(row for row in rows if row[4] == "3.1")[6] == "N/A"

    register = f"/api/v1/register?desk={DESK}&period=2026M11"
    mine = (await office.get(register, office.desks.desk)).json()["items"]
    assert [line["owner"] for line in mine] == ["Nguyễn Thị Hằng"] * 4
    regulator = await headers("SO-KHCN", Role.REGULATOR, now=office.clock.instant)
    assert {line["owner"] for line in (await office.get(register, regulator)).json()["items"]} == {None}
    assert (await office.get(register, office.desks.stranger)).json()["items"] == []
    assert (await office.get(f"/api/v1/register?desk={OFFICE}&period=2026M11")).status_code == 404
    assert (await office.get(f"/api/v1/register?desk={DESK}&period=2026M13")).status_code == 422
    printed = await office.get(f"/api/v1/register.pdf?desk={DESK}&period=2026M11", office.desks.desk)
    assert printed.content.startswith(b"%PDF"), printed.text
    book = await office.get(f"/api/v1/register.xlsx?desk={DESK}&period=2026M11", office.desks.desk)
    sheet = openpyxl.load_workbook(BytesIO(book.content)).worksheets[0]
    assert [cell.value for cell in sheet["F"]][1:] == ["Nguyễn Thị Hằng"] * 4
    assert "Nguyễn Thị Hằng" in check_page(await office.get(f"/register?desk={DESK}", office.desks.desk))
    check_page(await office.get("/register"))

    scored = (await office.get("/api/v1/scoring?year=2026")).json()
    assert [(one["authority"], one["on_time_percent"], one["provisional"]) for one in scored] == [
        (AUTHORITY, "100.00", True)
    ]
    assert (await office.get("/api/v1/scoring.csv?year=2026")).text.count("\r\n") == 2
    assert (await office.get("/api/v1/scoring?year=2027")).status_code == 422
    post = await office.report(f"BAOCAO-BUUCHINH-2026Q4-{OFFICE}")
    assert figure(post, "volumes", "accepted")["n"] == 4


async def test_who_is_late_with_a_report_is_a_list_and_is_reminded_once(office, clock):
    clock.set(DECEMBER)
    owed = {one.report.code: one.standing for one in await service.owed(clock.instant)}
    assert owed[UNIT] is Standing.AHEAD
    clock.set(datetime(2026, 12, 14, 17, 0, tzinfo=UTC))
    late = (await office.get("/api/v1/reports/obligations?standing=late")).json()["items"]
    assert [one["code"] for one in late] == [UNIT]
    assert late[0]["due"] == "2026-12-14T17:00:00Z"
    await service.remind(clock.instant)
    await service.remind(clock.instant)
    assert await fetch_value("SELECT count(*) FROM report_reminder WHERE report = $1", UNIT) == 1
    now = clock.instant
    await person(
        "p-head", AUTHORITY, Role.AGENCY_HEAD, now=now, login="truong", password="ngựa đúng pin ghim"
    )
    await office.client.post(
        "/sign-in",
        data={"login": "truong", "password": "ngựa đúng pin ghim"},
        headers={"Origin": "http://testserver"},
    )
    assert "Báo cáo phải nộp" in check_page(await office.client.get("/home"))
    assert UNIT in check_page(await office.get("/reports"))
    assert (await office.publish(UNIT)).status_code == 200
    done = {one.report.code: one.standing for one in await service.owed(clock.instant)}
    assert done[UNIT] is Standing.DONE_LATE
    stranger = (await office.get("/api/v1/reports/obligations", office.desks.stranger)).json()
    assert stranger["items"] == []
    assert (await office.get(f"/api/v1/reports/{UNIT}", office.desks.stranger)).status_code == 404


async def test_a_month_restated_by_the_calendar_lists_the_deadlines_that_moved(office, clock, database):
    clock.set(at_local(27, 8))
    desks = office.desks
    late = await desks.dossier()
    clock.set(at_local(27, 9))
    due = {"due": "2026-11-30T17:00:00+07:00"}
    assert (await desks.state(late, "received", **due)).status_code == 201
    await office.reckon()
    clock.set(DECEMBER)
    assert (await office.publish(UNIT)).status_code == 200
    frozen = await office.report(UNIT)
    assert frozen["restatement"] is None
    clock.advance(timedelta(hours=1))
    national = await headers(OPERATOR, Role.CONTROL, now=clock.instant)
    storm = {"number": "1201/CĐ-TTG", "decided_on": "2026-11-30", "title": "Nghỉ tránh bão"}
    day = {"day": "2026-11-30", "change": "off", "name": "Nghỉ tránh bão"}
    entered = await office.client.post(
        "/api/v1/calendars/VN-HC/decisions", json=storm | {"days": [day]}, headers=national
    )
    assert entered.status_code == 201, entered.text
    await drain()
    clock.advance(timedelta(hours=1))
    restated = await office.report(UNIT)
    assert restated["content"] == frozen["content"]
    told = restated["restatement"]
    found = {one["key"]: one for one in told["differences"] if one["by"] == "all"}
    late_before, late_now = found["open_late"]["published"]["n"], found["open_late"]["now"]["n"]
    assert late_now == late_before - 1
    assert told["rows_in_all"] == 0
    moves = {(one["dossier"], one["clock"]): one for one in told["moves"]}
    assert told["moves_in_all"] == len(moves)
    legal = moves[late, "C3"]
    assert (legal["number"], legal["due_before"]) == (storm["number"], "2026-11-30T10:00:00Z")
    assert legal["due_after"] == "2026-12-01T10:00:00Z"
    assert all(min(one["due_before"], one["due_after"]) < "2026-12" for one in told["moves"])
    for language in ("vi", "en"):
        text = check_page(await office.get(f"/reports/{UNIT}?lang={language}"), language)
        assert storm["number"] in text
        assert "17:00, 01/12/2026" in text
        assert late in text
    book = openpyxl.load_workbook(BytesIO((await office.get(f"/api/v1/reports/{UNIT}/report.xlsx")).content))
    assert late in {row[0] for row in book["Thời hạn đã đổi"].iter_rows(min_row=2, values_only=True)}
