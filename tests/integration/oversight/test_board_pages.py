"""The board of discrepancies: its columns share the cases, its forms do one thing each, strangers find nothing."""

import random
import re
from datetime import timedelta
from uuid import UUID

import pytest

from manifests.discrepancies.rules import Discrepancy, Standing
from manifests.oversight.repository import Filter, placed_cases
from manifests.oversight.rules import column_of
from postal.db import execute, fetch
from postal.identity.rules import Role
from tests.factories.identity import actor, headers, person
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisations
from tests.factories.pages import check_page

PASSWORD = "mật khẩu dài 123"
PAGE = {"Accept": "text/html", "Origin": "http://testserver"}


@pytest.fixture
async def manifest(client, clock):
    """A closed manifest of which one piece is missing and one came damaged."""
    await registered(item(1), item(2), now=clock.instant)
    await organisations(STRANGER)
    giver = await party(client, GIVER, now=clock.instant)
    code = await giver.sealed(item(1), item(2))
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=2))
    await scanned(scan(2, "receive", item(1), minute=30, manifest=code, condition="damaged"))
    desk = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    closed = await desk.post(f"/manifests/{code}/close")
    assert closed.status_code in {200, 201}, closed.text
    return code


async def sign_in(client, clock, organisation, role):
    login = f"{organisation}-{role}".lower()
    await person(f"NV-{login}", organisation, role, now=clock.instant, login=login, password=PASSWORD)
    client.cookies.clear()
    answer = await client.post("/sign-in", data={"login": login, "password": PASSWORD}, headers=PAGE)
    assert answer.status_code == 303, answer.text
    return f"NV-{login}"


async def board(client, status=200, **query):
    answer = await client.get("/board", params=query, headers=PAGE)
    assert answer.status_code == status, answer.text
    return check_page(answer)


def column(text, name):
    begin = text.index(f'id="column-{name}"')
    return text[begin : text.index("</section>", begin)]


async def test_a_supervisor_takes_a_case_and_settles_one_from_the_board(client, clock, manifest):
    cases = await fetch("SELECT id, piece, line_class, owner FROM discrepancy ORDER BY piece")
    assert {one["line_class"] for one in cases} == {"damaged", "missing"}
    by_owner = {one["owner"]: one for one in cases}
    owner = min(by_owner)
    case = by_owner[owner]
    who = await sign_in(client, clock, owner, Role.SUPERVISOR)
    shown = await board(client)
    assert f'id="card-{case["id"]}"' in column(shown, "new")
    assert 'sse-connect="/live?topic=work"' in shown
    assert f"/board/{case['id']}/take" in shown
    taken = await client.post(f"/board/{case['id']}/take", params={"mine": "1"}, headers=PAGE)
    assert (taken.status_code, taken.headers["location"]) == (303, "/board?mine=1")
    mine = await board(client, mine="1")
    assert case["piece"] in column(mine, "assigned")
    assert f"/board/{case['id']}/take" not in mine
    assert who in mine
    refused = await client.post(
        f"/board/{case['id']}/resolve", data={"resolution": "recording_error"}, headers=PAGE
    )
    assert refused.status_code == 422
    assert f'<a href="#card-{case["id"]}">' in check_page(refused)
    clock.advance(timedelta(days=6))
    client.cookies.clear()
    await client.post("/sign-in", data={"login": who[3:], "password": PASSWORD}, headers=PAGE)
    shown = await board(client)
    assert case["piece"] in column(shown, "overdue")
    assert "Quá hạn" in column(shown, "overdue")
    # What needs no proof is settled by one button; a loss never is.
    assert set(re.findall(r'name="resolution" value="(\w+)"', shown)) == {"accepted"}
    done = await client.post(f"/board/{case['id']}/resolve", data={"resolution": "accepted"}, headers=PAGE)
    assert done.status_code == 303
    shown = await board(client, **{"class": case["line_class"]})
    assert case["piece"] in column(shown, "resolved")
    assert "(0)" in column(shown, "overdue")
    assert "Settled in 7 days" in (await client.get("/board?lang=en", headers=PAGE)).text


async def test_others_find_nothing_on_the_board_and_keys_take_nothing(client, clock, manifest):
    [case, *_] = [row["id"] for row in await fetch("SELECT id FROM discrepancy ORDER BY id")]
    stranger = {**await headers(STRANGER, Role.SUPERVISOR, now=clock.instant), **PAGE}
    shown = await client.get("/board", headers=stranger)
    assert str(case) not in check_page(shown)
    for deed in ("take", "resolve", "swap"):
        assert (await client.post(f"/board/{case}/{deed}", headers=stranger)).status_code == 404
    program = {**await headers(GIVER, Role.SUPERVISOR, now=clock.instant), **PAGE}
    assert (await client.post(f"/board/{case}/take", headers=program)).status_code == 422
    courier = {**await headers(GIVER, Role.COURIER, now=clock.instant), **PAGE}
    assert (await client.get("/board", headers=courier)).status_code == 403
    odd = {"class": "no such", "column": "no such", "office": "<script>"}
    assert "&lt;script&gt;" in check_page(await client.get("/board", params=odd, headers=program))


async def test_the_columns_hold_each_open_and_lately_settled_case_once(database, clock, client, manifest):
    """The statement says what the rule says, of many cases, and page by page each of them comes once."""
    rolls = random.Random(7)
    now = clock.instant
    rows = []
    for number in range(160):
        settled = rolls.random() < 0.3
        near = timedelta(hours=rolls.randint(-400, 400))
        rows.append(
            (
                UUID(int=number + 1), manifest, f"DH{number:09}VN", rolls.choice(["missing", "extra"]),
                rolls.choice([None, "unseen", "waiting_limit_over"]), rolls.choice([GIVER, RECEIVER]),
                "resolved" if settled else "open", now - timedelta(days=30), now + near,
                now - timedelta(hours=rolls.randint(0, 400)) if settled else None, rolls.choice([None, "nv-1"]),
            )
        )  # fmt: skip
    for row in rows:
        await execute(
            """
            INSERT INTO discrepancy (id, manifest, piece, line_class, reason, owner, state, opened_at, deadline,
                resolved_at, assignee, reopened)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)
            """,
            *row,
        )
    party_ = await actor(GIVER, Role.SUPERVISOR, now=now)
    names = ("id", "manifest", "piece", "line_class", "reason", "owner", "state", "opened_at", "deadline")
    stored = {
        row["id"]: Discrepancy(
            **{name: row[name] for name in names} | {"state": Standing(row["state"])},
            resolution=row["resolution"], resolved_at=row["resolved_at"], resolved_by=None, reopened=0,
            assignee=row["assignee"],
        )
        for row in await fetch("SELECT * FROM discrepancy")
    }  # fmt: skip
    placed = await placed_cases(party_, Filter(), now, None, 1_000)
    assert {one.case.id: one.column for one in placed} == {
        id_: column_of(case, now) for id_, case in stored.items() if column_of(case, now) is not None
    }
    assert len(placed) == len({one.case.id for one in placed})
    for one in placed:
        together = [other for other in placed if other.column is one.column]
        assert one.together == len(together)
    for column_ in {one.column for one in placed}:
        seen, after = [], None
        while True:
            found = await placed_cases(party_, Filter(column=column_), now, after, 7)
            if not found:
                break
            seen += [one.case.id for one in found]
            after = (found[-1].rank, found[-1].case.id)
        assert seen == [one.case.id for one in placed if one.column is column_]
    some = await placed_cases(
        party_, Filter(office=GIVER, line_class="extra", assignee="nv-1"), now, None, 1_000
    )
    assert {one.case.id for one in some} == {
        id_
        for id_, case in stored.items()
        if (case.owner, case.line_class, case.assignee) == (GIVER, "extra", "nv-1") and column_of(case, now)
    }
    stranger = await actor(STRANGER, Role.SUPERVISOR, now=now)
    assert await placed_cases(stranger, Filter(), now, None, 10) == []
