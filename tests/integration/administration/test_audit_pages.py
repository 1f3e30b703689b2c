"""Who looked at what: read within one's charge, by person, thing, deed and day; and reading it is a look too."""

from datetime import date, timedelta

import pytest

from postal.administration.rules import Reading, first_id, is_personal
from postal.administration.service import readings_of
from postal.audit import service as audit
from postal.db import fetch
from postal.identifiers import new_id
from postal.identity.rules import Role
from postal.network.rules import Kind, Level, start_of
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, STRANGER, Desks
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.pages import check_page

PAGE = {"Accept": "text/html"}


@pytest.fixture
async def looked(client, clock):
    """A dossier that an inspector and a colleague looked at, on one day and on the next."""
    now = clock.instant
    desks = await Desks(client, now).prepare()
    client.dossier = await desks.dossier()
    await organisation("STATE", kind=Kind.MINISTRY, level=Level.CENTRAL)
    client.by = {
        "inspector": await headers("STATE", Role.CONTROL, now=now),
        "head": await headers(DESK, Role.AGENCY_HEAD, now=now),
        "officer": await headers(DESK, Role.DESK, now=now),
        "clerk": await headers(OFFICE, Role.CLERK, now=now),
        "stranger": await headers(STRANGER, Role.ADMIN, Role.SUPERVISOR, now=now),
    }
    await client.get(f"/api/v1/dossiers/{client.dossier}", headers=client.by["inspector"])
    await noted("cb-1", DESK, "file.read", "019a0000", now, code=client.dossier)
    await noted("cb-2", DESK, "session.opened", "cb-2", now)
    await noted("gd-1", OFFICE, "privacy.exported", client.dossier, clock.advance(timedelta(days=1)))
    return client


async def noted(actor, organisation_, action, subject, now, **detail):
    await audit.record(
        now=now, actor=actor, organisation=organisation_, action=action, subject=subject, detail=detail
    )


async def read(client, by, path, status=200, **query):
    answer = await client.get(path, params=query, headers={**client.by[by], **PAGE})
    assert answer.status_code == status, answer.text
    return check_page(answer) if status != 403 else answer.text


async def test_a_head_reads_what_the_own_organisation_did_and_that_is_noted(looked):
    shown = await read(looked, "head", "/audit")
    for told in ("cb-1", "cb-2", "Mở tệp", "Có dữ liệu cá nhân", f"code: {looked.dossier}"):
        assert told in shown
    assert "gd-1" not in shown
    assert "STATE" not in shown
    assert "cb-2" not in await read(looked, "head", "/audit", subject=looked.dossier)
    assert "cb-2" not in await read(looked, "head", "/audit", person="cb-1")
    assert "cb-1" not in await read(looked, "head", "/audit", action="session.opened")
    assert "Mở tệp <span" not in await read(looked, "head", "/audit", **{"from": "24/11/2026"})
    assert "Mở tệp <span" in await read(
        looked, "head", "/audit", **{"from": "2026-11-23", "to": "2026-11-23"}
    )
    refused = await read(looked, "head", "/audit", 400, **{"from": "tháng sau"})
    assert '<a href="#from">Ngày viết dạng 25/11/2026</a>' in refused
    for by in ("clerk", "officer"):
        await read(looked, by, "/audit", 403)
    assert "cb-1" not in await read(looked, "stranger", "/audit")
    everything = await read(looked, "inspector", "/audit", person="gd-1")
    assert "gd-1" in everything
    rows = await fetch(
        "SELECT organisation, subject, detail FROM audit WHERE action = 'audit.read' ORDER BY id"
    )
    assert [row["organisation"] for row in rows].count(DESK) == 6
    assert '"gd-1"' in rows[-1]["detail"]


async def test_who_sees_a_dossier_sees_who_looked_at_it_without_names_of_others(looked):
    path = f"/audit/dossiers/{looked.dossier}"
    shown = await read(looked, "officer", path)
    assert "cb-1" in shown
    assert "gd-1" not in shown
    assert "Cung cấp dữ liệu cá nhân" in shown
    assert "Cán bộ kiểm soát xem" in shown
    other = await read(looked, "clerk", path)
    assert "cb-1" not in other
    assert "gd-1" in other
    await read(looked, "stranger", path, 404)
    assert "audit.read" in {
        row["action"] for row in await fetch("SELECT action FROM audit WHERE subject = $1", looked.dossier)
    }


async def test_pages_of_the_log_hold_each_entry_once(looked, clock, monkeypatch):
    monkeypatch.setattr("postal.administration.pages.looking.ON_A_PAGE", 2)
    for number in range(5):
        await noted("cb-9", DESK, "file.read", f"tep-{number}", clock.instant)
    path, seen = "/audit?person=cb-9", []
    while path:
        answer = await looked.get(path, headers={**looked.by["head"], **PAGE})
        seen += [f"tep-{number}" for number in range(5) if f"tep-{number}" in answer.text]
        following = answer.text.partition('<a rel="next" href="')[2]
        path = following.partition('"')[0].replace("&amp;", "&")
    assert sorted(seen) == [f"tep-{number}" for number in range(5)]


async def test_a_citizen_is_told_how_often_by_kind_and_never_by_whom(looked, clock):
    # Reading the log is no reading of the dossier.
    await read(looked, "officer", f"/audit/dossiers/{looked.dossier}")
    told = {one.kind: one for one in await readings_of([looked.dossier])}
    assert {kind: one.times for kind, one in told.items()} == {"ministry": 1, "desk": 1, "post_office": 1}
    assert told["post_office"].last == clock.instant
    assert Reading.__struct_fields__ == ("kind", "times", "last")
    assert await readings_of(["000.00.00.H00-000000-0000"]) == ()
    assert AUTHORITY not in str(told)


def test_ids_of_a_day_lie_between_its_bounds():
    for day in (date(2026, 11, 23), date(2026, 12, 31)):
        begin, end = start_of(day), start_of(day + timedelta(days=1))
        assert first_id(day) <= new_id(begin) < first_id(day + timedelta(days=1))
        assert first_id(day) <= new_id(end - timedelta(milliseconds=1)) < first_id(day + timedelta(days=1))
    assert is_personal("GET as inspector", "/api/v1/dossiers/X")
    assert not is_personal("GET as inspector", "/leaders")
    assert is_personal("file.read", "019a")
    assert not is_personal("session.opened", "nv-1")
