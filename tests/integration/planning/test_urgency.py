"""What waits is judged by the clocks of its dossiers, or else by the transit standard; also where very much waits."""

from datetime import datetime

import pytest

from postal.db import execute, fetch
from postal.identity.rules import Role
from tests.factories.incidents import parties
from tests.factories.manifests import RECEIVER, item, party
from tests.factories.network import organisation

A, B = item(1), item(2)


@pytest.fixture
async def giver(client, clock):
    return (await parties(client, clock, A, B))[0]


async def waiting(giver, **query):
    view = (await giver.get("/manifests/waiting", **query)).json()
    return {piece["code"]: piece for group in view["groups"] for piece in group["pieces"]}


async def test_without_a_clock_the_transit_standard_says_by_when_it_must_leave(giver):
    # Taken on Monday the 23rd; J+2 within the province ends on Thursday the 26th, since the 24th is off.
    piece = (await waiting(giver))[A]
    assert (piece["limit"], piece["due"], piece["urgency"]) == ("J+n", "2026-11-26T10:00:00Z", "later")
    assert piece["leave_by"] == "2026-11-25T22:00:00Z"
    last = await waiting(giver, cut_off="2026-11-25T16:30:00+07:00")
    assert last[A]["urgency"] == "now"
    missed = await waiting(giver, cut_off="2026-11-26T16:30:00+07:00")
    assert missed[A]["urgency"] == "late"


async def test_the_running_clock_of_a_dossier_decides_and_a_full_vehicle_takes_it_first(giver):
    await execute("UPDATE piece SET dossiers = '{HS-1}' WHERE code = $1", B)
    await execute(
        """
        INSERT INTO dossier_clock
            (dossier, clock, ordinal, authority, desk, procedure, month, calendar, started_at, due)
        VALUES ('HS-1', 'C1', 0, 'CQ', $1, 'P', '2026-11', 'VN-HC', $2, $3)
        """,
        RECEIVER,
        datetime.fromisoformat("2026-11-23T01:00:00+00:00"),
        datetime.fromisoformat("2026-11-24T02:00:00+00:00"),
    )
    answer = await giver.post("/manifests/plan", {"vehicle": {"items": 1, "bags": 0}})
    [manifest] = answer.json()["manifests"]
    assert [line["piece"] for line in manifest["lines"]] == [B]
    assert [(one["code"], one["urgency"], one["limit"]) for one in answer.json()["planned"]] == [
        (B, "now", "C1")
    ]
    assert [(one["code"], one["left"]) for one in answer.json()["unplanned"]] == [(A, "vehicle_full")]


@pytest.mark.slow
async def test_ten_thousand_waiting_pieces_are_planned_at_once(client, giver, clock):
    await organisation("BC-MANY")
    many = await party(client, "BC-MANY", Role.CLERK, now=clock.instant)
    for count in (1_000, 10_000):
        await execute(
            """
            INSERT INTO piece (code, kind, registered_at, registered_by, origin, destination, dossiers)
            SELECT 'M' || $2::integer || '-' || n, 'item', $1, 'BC-MANY', 'BC-MANY', $3, '{}'
            FROM generate_series(1, $2::integer) AS n
            """,
            clock.instant,
            count,
            RECEIVER,
        )
        await execute(
            """
            INSERT INTO custody (code, phase, claims, condition, attempts)
            SELECT code, 'registered', '{BC-MANY}', 'intact', '{}' FROM piece WHERE code LIKE 'M' || $1::integer || '-%'
            """,
            count,
        )
        answer = await many.post("/manifests/plan", {})
        assert answer.status_code == 201, answer.text
        lines = [line["piece"] for manifest in answer.json()["manifests"] for line in manifest["lines"]]
        assert len(lines) == len(set(lines)) == count
    assert max(len(one["lines"]) for one in answer.json()["manifests"]) == 5_000
    assert len(await fetch("SELECT FROM manifest_line WHERE open")) == 11_000
