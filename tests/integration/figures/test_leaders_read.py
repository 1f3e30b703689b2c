"""The leader's page: own figures, each with the dossiers behind it, and nothing of anybody else."""

from datetime import date, datetime, timedelta, timezone

import pytest

from postal.db import execute
from postal.identity.rules import Role
from postal.network.rules import Kind
from postal.outbox.service import drain
from shipments.figures.rules.leader import BEHIND, Which
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, PROCEDURE, STRANGER, Desks
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.pages import check_page
from tests.factories.pieces import scan

VIETNAM = timezone(timedelta(hours=7))
PERIOD = {"from": "2026-11-01", "to": "2026-12-01"}


def at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=VIETNAM)


@pytest.fixture
async def leaders(client, clock):
    """Three dossiers: one done in time, one late, one still open that came without the post it was meant for."""
    desks = await Desks(client, clock.instant).prepare()
    clock.set(at(23, 8))
    prompt, late, open_ = [await desks.dossier() for _ in range(3)]
    for code in (prompt, late):
        await scan("accept", code, OFFICE, at(23, 9))
        await scan("receive", code, DESK, at(23, 14), counterparty=OFFICE)
    clock.set(at(23, 15))
    for code in (prompt, late, open_):
        await desks.states(code, "received")
    for code, done in ((prompt, at(24, 9)), (late, at(20, 9, month=12))):
        clock.set(done)
        await desks.states(code, "step_done", "completed")
    clock.set(at(21, 9, month=12))
    desks.codes = {"prompt": prompt, "late": late, "open": open_}
    desks.leaders = {
        side: await headers(code, Role.AGENCY_HEAD, Role.SUPERVISOR, now=clock.instant)
        for side, code in (("authority", AUTHORITY), ("desk", DESK), ("office", OFFICE), ("nobody", STRANGER))
    }
    await organisation("STATE", kind=Kind.MINISTRY)
    desks.leaders["all"] = await headers("STATE", Role.CONTROL, now=clock.instant)
    await drain()
    return desks


async def figures(leaders, side, **query):
    answer = await leaders.client.get(
        "/api/v1/figures", params={**PERIOD, **query}, headers=leaders.leaders[side]
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def behind(leaders, side, **query):
    answer = await leaders.client.get(
        "/api/v1/figures/dossiers", params={**PERIOD, **query}, headers=leaders.leaders[side]
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_side_reads_its_own_dossiers_and_finds_those_behind_each_figure(leaders):
    codes = leaders.codes
    for side in ("authority", "desk", "office", "all"):
        told = await figures(leaders, side, by="procedure")
        total = told["total"]
        assert (total["received"], total["done"], total["late"], told["open"]) == (3, 2, 1, 1), side
        assert total["on_time"]["hits"], total["on_time"]["of"] == (1, 2)
        assert 0 < total["on_time"]["low"] < 0.5 < total["on_time"]["high"] < 1
        assert [group["value"] for group in told["groups"]] == [PROCEDURE]
        assert [month["received"] for month in told["months"]] == [3, 0]
        assert told["overdue"] == 1
        assert told["formal_in"] == {**told["formal_in"], "hits": 1, "of": 3}
        assert told["saved"]["trips"] == told["saved"]["directions"] == 2
        by_figure = {which: await behind(leaders, side, figure=which) for which in Which}
        found = {which: {item["dossier"] for item in by_figure[which]["items"]} for which in Which}
        assert found[Which.RECEIVED] == set(codes.values()), side
        assert found[Which.DONE] == {codes["prompt"], codes["late"]}
        assert found[Which.LATE] == {codes["late"]}
        assert found[Which.OPEN] == found[Which.FORMAL_IN] == found[Which.OVERDUE] == {codes["open"]}
        assert len(by_figure[Which.IN_TIME]["items"]) == total["on_time"]["hits"]
    stranger = await figures(leaders, "nobody")
    assert stranger["total"]["received"] == stranger["open"] == 0
    for which in Which:
        assert (await behind(leaders, "nobody", figure=which))["items"] == []
    assert set(BEHIND) <= set(Which)


async def test_nothing_is_overdue_before_its_day_is_over_though_its_month_will_be(leaders, clock):
    codes = leaders.codes
    due = date.fromisoformat((await behind(leaders, "all", figure="overdue"))["items"][0]["day"])
    both, later = {codes["open"], codes["late"]}, date(2026, 12, 21)
    days = ((due - timedelta(days=1), set()), (due, set()), (due + timedelta(days=1), both))
    for today, overdue in (*days, (later, {codes["open"]})):
        clock.set(at(today.day, 12, month=today.month))
        leaders.leaders["all"] = await headers("STATE", Role.CONTROL, now=clock.instant)
        assert (await figures(leaders, "all"))["overdue"] == len(overdue), today
        listed = await behind(leaders, "all", figure="overdue")
        assert {item["dossier"] for item in listed["items"]} == overdue, today


async def test_the_dossiers_behind_a_figure_come_page_by_page_and_by_place(leaders):
    seen, cursor = [], None
    while True:
        page = await behind(
            leaders, "all", figure="received", limit=1, **({"cursor": cursor} if cursor else {})
        )
        seen += [item["dossier"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert sorted(seen) == sorted(leaders.codes.values())
    for place in ({"authority": AUTHORITY}, {"desk": DESK}, {"office": OFFICE}, {"procedure": PROCEDURE}):
        assert len((await behind(leaders, "all", figure="received", **place))["items"]) == 3
        other = dict.fromkeys(place, "KHAC")
        assert (await behind(leaders, "all", figure="received", **other))["items"] == []
    commune = await behind(leaders, "all", figure="received", commune="00001")
    assert commune["items"] == []


async def test_inspectors_compare_agencies_communes_and_offices(leaders):
    await execute(
        "UPDATE organisation SET unit_code = (SELECT min(code) FROM administrative_unit) WHERE code = $1",
        DESK,
    )
    for by, value in (("authority", AUTHORITY), ("desk", DESK), ("office", OFFICE)):
        [group] = (await figures(leaders, "all", by=by))["groups"]
        assert (group["value"], group["received"]) == (value, 3)
        assert group["post"] == {**group["post"], "hits": 3, "of": 3}
    [commune] = (await figures(leaders, "all", by="commune"))["groups"]
    assert commune["received"] == 3
    rows = await behind(leaders, "all", figure="received", commune=commune["value"])
    assert len(rows["items"]) == 3


async def test_what_makes_no_sense_is_refused(leaders):
    client, by = leaders.client, leaders.leaders["all"]
    for query, status, code in (
        ("from=2026-12-01&to=2026-11-01", 422, "figures.period"),
        ("from=2010-01-01&to=2026-11-01", 422, "figures.period"),
        ("from=yesterday", 400, "request.invalid"),
        ("by=weekday", 400, "request.invalid"),
    ):
        answer = await client.get(f"/api/v1/figures?{query}", headers=by)
        assert answer.status_code == status, answer.text
        assert code in (answer.json()["code"], "request.invalid")
    answer = await client.get("/api/v1/figures?by=authority", headers=leaders.leaders["desk"])
    assert (answer.status_code, answer.json()["code"]) == (422, "figures.comparison")
    assert (await client.get("/api/v1/figures", headers=leaders.clerk)).status_code == 403
    assert (await client.get("/api/v1/figures")).status_code == 401


async def test_the_pages_are_whole_and_tell_the_charts_in_words(leaders):
    client = leaders.client
    for side in ("all", "desk", "office", "nobody"):
        page = check_page(await client.get("/leaders?to=2026-12", headers=leaders.leaders[side]))
        assert "<svg" in page
        assert "Tỷ lệ đúng hạn theo tháng" in page
    page = check_page(
        await client.get("/leaders?by=commune&lang=en", headers=leaders.leaders["all"]), language="en"
    )
    assert "configured estimates, not law" in page
    refused = await client.get("/leaders?from=2026-13&lang=vi", headers=leaders.leaders["all"])
    assert refused.status_code == 422
    assert "Tháng viết dạng 2026-11" in check_page(refused)
    rows = check_page(
        await client.get(
            "/leaders/dossiers?figure=late&from=2026-11&to=2026-12&lang=vi", headers=leaders.leaders["desk"]
        )
    )
    assert leaders.codes["late"] in rows
    assert leaders.codes["prompt"] not in rows


async def test_procedures_that_nobody_sends_by_post_are_listed(leaders):
    answer = await leaders.client.get(
        "/api/v1/figures/unused-procedures?months=6", headers=leaders.leaders["all"]
    )
    unused = {each["code"]: each for each in answer.json()}
    assert PROCEDURE not in unused
    assert unused["1.000656"]["last"] is None
    for language in ("vi", "en"):
        address = f"/leaders/unused-procedures?months=6&lang={language}"
        answer = await leaders.client.get(address, headers=leaders.leaders["all"])
        shown = check_page(answer, language=language)
        assert ("1.000656" in shown, PROCEDURE in shown) == (True, False)
    for odd in ("", "0", "999", "x", "²"):
        odd_page = await leaders.client.get(
            "/leaders/unused-procedures", params={"months": odd}, headers=leaders.leaders["all"]
        )
        assert odd_page.status_code == 200, odd
    assert all(each["eligible_submit"] or each["eligible_return"] for each in unused.values())
    stranger = await leaders.client.get(
        "/api/v1/figures/unused-procedures", headers=leaders.leaders["nobody"]
    )
    assert PROCEDURE in {each["code"] for each in stranger.json()}
    assert date.fromisoformat(stranger.json()[0]["since"]) == date(2025, 12, 1)


async def test_the_citizens_choice_is_recorded_and_what_comes_without_the_post_is_told_apart(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    online = await desks.register(
        by=desks.desk, service_mode="return", office=None, channel="online", consent="online"
    )
    assert online.status_code == 201, online.text
    spoken = await desks.register(consent="spoken")
    await desks.dossier()
    for wrong in ({"channel": "online"}, {"channel": "post", "service_mode": "return"}):
        answer = await desks.register(**wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "dossier.channel")
    read = await client.get(f"/api/v1/dossiers/{online.json()['code']}", headers=desks.desk)
    assert (read.json()["channel"], read.json()["consent"]) == ("online", "online")
    assert spoken.json()["channel"] is None
    await desks.states(online.json()["code"], "received")
    await drain()
    leader = await headers(DESK, Role.AGENCY_HEAD, now=clock.instant)
    told = (await client.get("/api/v1/figures?to=2026-11-01", headers=leader)).json()
    assert told["chosen"] == {**told["chosen"], "hits": 2, "of": 3}
    assert told["total"]["post"] == {**told["total"]["post"], "hits": 0, "of": 1}
    rows = await client.get("/api/v1/figures/dossiers?figure=received&channel=online", headers=leader)
    assert [item["dossier"] for item in rows.json()["items"]] == [online.json()["code"]]
