"""Whoever is shown an applicant's data leaves an entry in the log: generated over every route that is read.

Each GET route is called by those to whom the world's things belong. Where the answer holds something personal, in HTML,
JSON, a printed page or a spreadsheet, an entry must have been written for just this call.
"""

import io
import re
import zipfile
from datetime import timedelta

import msgspec
import pytest

from postal.administration.rules import PERSONAL
from postal.administration.service import readings_of
from postal.administration.tasks import forget_looks
from postal.audit import service as audit
from postal.audit.looks import SHOWN, collected, note
from postal.config import code_key
from postal.db import execute, fetch, fetch_value
from postal.identity.rules import Role
from shipments.tracking.service import links_for
from tests.factories.documents import text_of
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, STRANGER, Desks
from tests.factories.identity import headers
from tests.factories.pages import check_page
from tests.factories.walks import PUBLIC
from tests.integration.test_two_organisations import Visited, routes

PERSON = ("Nguyễn Thị Hằng", "0912 345 678", "12 Lê Lợi, Huế", "046090001234")
OTHERS = ("Chim Hoàng Yến", "0987 654 321")
CANARIES = tuple(re.sub(r"\s", "", one) for one in (*PERSON, *OTHERS))
"""Compared without spaces, which printing breaks anew."""

SHOW = {
    "/api/v1/claims/{code}",
    "/api/v1/dossiers/{code}",
    "/api/v1/dossiers/{code}/apology.pdf",
    "/api/v1/dossiers/{code}/control-sheet.pdf",
    "/api/v1/feedback/{code}",
    "/api/v1/items/{code}/consignment.pdf",
    "/api/v1/items/{code}/label.pdf",
    "/api/v1/manifests/{code}/handover.pdf",
    "/api/v1/register",
    "/api/v1/register.pdf",
    "/api/v1/register.xlsx",
    "/claims/{code}",
    "/desk/dossiers/{code}",
    "/feedback/{code}",
}
"""Routes that are known to show something personal: fewer, and the walk below would see nothing."""


class Watched(Visited):
    """The world with things that somebody's data stand on, and what each answer shows and leaves behind."""

    async def build(self):
        await super().build()
        name, phone = OTHERS
        await execute("UPDATE claimant SET name = $1, phone = $2", name, phone)
        await execute("UPDATE feedback_text SET name = $1, phone = $2", name, phone)
        await self.desks.states(self.existing["dossier"], "received")
        found = await self.client.get("/api/v1/manifests", headers=self.owner)
        (draft,) = [one["code"] for one in found.json()["items"] if one["state"] == "draft"]
        self.existing["manifest"] = draft
        await self.post(f"/manifests/{draft}/seal", None)
        return self

    async def shown(self, route):
        """Call a route a while later; give the personal data that it shows, and the deeds that were noted of it."""
        now = self.clock.advance(timedelta(minutes=2))
        answer = await self.call(route, self.existing, self.owner)
        if answer.status_code != 200 or (route.noun == "dossiers" and not held_in(answer)):
            answer = await self.call(route, self.existing, self.agency)
        noted = await fetch(
            "SELECT action FROM audit WHERE at = $1 AND action = ANY($2)", now, sorted(PERSONAL)
        )
        return held_in(answer), noted


def held_in(answer):
    """Give the canaries that an answer holds, whatever it is written in."""
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        text = text_of(answer.content)
    elif answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            text = " ".join(book.read(name).decode(errors="replace") for name in book.namelist())
    else:
        text = answer.text
    text = re.sub(r"\s", "", text)
    return {canary for canary in CANARIES if canary in text}


@pytest.fixture
async def world(client, clock):
    return await Watched(client, clock).build()


async def test_no_answer_shows_an_applicants_data_without_an_entry_in_the_log(world):
    showing, silent = set(), []
    for route in routes():
        if route.method != "GET" or route.path in PUBLIC:
            continue
        held, noted = await world.shown(route)
        if held:
            showing.add(route.path)
        if held and not noted:
            silent.append((route.path, held))
    assert silent == []
    assert showing >= SHOW


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def looks():
    rows = await fetch(
        "SELECT actor, organisation, subject, detail FROM audit WHERE action = $1 ORDER BY id", SHOWN
    )
    return [(row["organisation"], row["subject"], msgspec.json.decode(row["detail"])) for row in rows]


async def test_what_was_shown_is_one_entry_a_dossier_and_minute_without_the_data(client, clock, desks):
    first, second = await desks.dossier(), await desks.dossier()
    assert await looks() == [], "who stated it was shown nothing"
    await client.get(f"/api/v1/dossiers/{first}", headers=desks.desk)
    everything = {"shown": ["address", "identity", "name", "phone"]}
    assert await looks() == [(DESK, first, everything)]
    clock.advance(timedelta(seconds=59))
    for _ in range(3):
        await client.get(f"/desk/dossiers/{first}", headers=desks.desk)
        await client.post("/desk/search", data={"q": "nguyen thi hang"}, headers=desks.desk)
    assert sorted(await looks(), key=str) == sorted(
        [(DESK, first, everything), (DESK, second, {"shown": ["name"]})], key=str
    )
    await client.get(f"/api/v1/dossiers/{second}", headers=desks.desk)
    assert (await looks())[-1] == (DESK, second, everything), "more than was seen before is told"
    clock.advance(timedelta(minutes=1))
    await client.get(f"/api/v1/dossiers/{first}", headers=desks.desk)
    await client.get(f"/api/v1/dossiers/{first}", headers=desks.clerk)
    assert [(one[0], one[1]) for one in (await looks())[-2:]] == [(DESK, first), (OFFICE, first)]
    before = len(await looks())
    clock.advance(timedelta(minutes=5))
    assert (await client.get(f"/api/v1/dossiers/{first}", headers=desks.stranger)).status_code == 404
    assert (await client.get(f"/api/v1/dossiers?q={first}", headers=desks.desk)).status_code == 200
    assert (await desks.state(first, "completed")).status_code == 409
    done = await client.post(f"/desk/dossiers/{first}", data={"act": "received"}, headers=desks.desk)
    assert done.status_code == 303
    assert len(await looks()) == before, "neither a refusal nor an answer that leads elsewhere shows anything"
    assert not [canary for canary in PERSON if canary in str(await fetch("SELECT * FROM audit"))]


async def test_the_person_is_told_how_often_and_by_which_kind_and_by_nobodys_name(
    client, clock, desks, settings
):
    code = await desks.dossier()
    (token,) = (await links_for([code], key=code_key(settings), by=OFFICE, now=clock.instant)).values()
    told = check_page(await client.get(f"/t/l/{token}"))
    assert "Chưa có lượt xem nào" in told
    for minutes in (0, 2):
        clock.advance(timedelta(minutes=minutes))
        await client.get(f"/desk/dossiers/{code}", headers=desks.desk)
    await client.get(f"/api/v1/dossiers/{code}", headers=desks.clerk)
    inspector = await headers(AUTHORITY, Role.CONTROL, now=clock.instant)
    await client.get(f"/api/v1/dossiers/{code}", headers=inspector)
    assert {one.kind: one.times for one in await readings_of([code])} == {
        "desk": 2,
        "post_office": 1,
        "authority": 1,
    }
    told = re.sub(r"<[^>]+>|\s+", " ", check_page(await client.get(f"/t/l/{token}")))
    for kind, times in (("Bộ phận Một cửa", 2), ("Bưu cục", 1), ("Cơ quan giải quyết", 1)):
        assert re.search(rf"{kind}: {times} lượt", told), told
    assert DESK not in told
    assert len(await readings_of([code])) == 3, "the person's own reading counts for nobody"
    assert "Ai đã xem" in check_page(await client.get(f"/audit/dossiers/{code}", headers=desks.desk))


async def test_looks_are_let_go_after_their_time_and_deeds_never(clock, client):
    days = int(await fetch_value("SELECT value::int FROM rule_constant WHERE name = 'retention.look_days'"))
    now = clock.instant
    old, kept, young = (now - timedelta(days=back) for back in (days + 1, days - 1, 89))
    for at in (old, kept, young, now):
        await audit.record_looks({("H-1", None): {"name"}}, now=at, actor="cb-1", organisation=STRANGER)
        await audit.record(now=at, actor="cb-1", organisation=STRANGER, action="file.read", subject="t")
    await forget_looks(now)
    assert await times_of(SHOWN) == [kept, young, now]
    # Whatever the number says, the database keeps those of the last ninety days.
    assert await audit.forget_looks(now + timedelta(days=days)) == 1
    assert await times_of(SHOWN) == [young, now]
    assert await times_of("file.read") == [old, kept, young, now]


async def times_of(action):
    return [row["at"] for row in await fetch("SELECT at FROM audit WHERE action = $1 ORDER BY at", action)]


def test_nothing_is_noted_where_nobody_is_shown_anything():
    with collected() as seen:
        note(["H-1"], [])
        note([], ["name"])
        note(["H-2"], ["name"], about="H-1")
    note(["H-3"], ["name"])
    assert seen == {("H-2", "H-1"): {"name"}}
