"""This service, a reference one-stop system and a reference portal stay consistent over bad lines."""

import os
from collections import Counter

import pytest
from msgspec.structs import replace

from postal.db import fetch
from tests.onestop.receiver import Chances
from tests.onestop.world import World

BAD = Chances(lost=0.03, unanswered=0.03, doubled=0.05, late=0.05, refused=0.03)


@pytest.fixture
def settings(settings):
    """Let one clerk register, and one program send, as many a minute as the machine can take."""
    return replace(settings, limits=replace(settings.limits, requests_per_minute=0))


async def test_all_books_are_equal_over_lost_doubled_and_reordered_messages(client, clock):
    world = await World(client, clock, 60, BAD).play()
    assert await world.differences() == []
    assert world.agency.faults == []
    assert world.portal.faults == []
    assert Counter(row["TrangThaiHoSo"] for row in world.portal.dossiers.values()).keys() > {
        "3",
        "7",
        "8",
        "10",
    }
    # Bodies are written as they are sent: neither the queue nor its tries hold whom a dossier is about.
    people = {row[name] for row in world.agency.records.values() for name in ("ChuHoSo", "SoDienThoai")}
    assert len(people) > 60
    for table in ("delivery", "delivery_attempt", "portal_told", "portal_heard"):
        rows = await fetch(f"SELECT t::text AS said FROM {table} AS t")
        assert not [row["said"] for row in rows if any(said in row["said"] for said in people)]
    codes = await fetch("SELECT DISTINCT code FROM delivery_attempt WHERE code LIKE 'portal.answered%'")
    assert [row["code"] for row in codes] == ["portal.answered.99"]


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_ten_thousand_dossiers_stay_equal(client, clock, record_property):
    count = int(os.environ.get("POSTAL_PORTAL_DOSSIERS", "10000"))
    chances = Chances(lost=0.003, unanswered=0.003, doubled=0.01, late=0.05, refused=0.005)
    world = await World(client, clock, count, chances).play()
    assert await world.differences() == []
    assert len(world.portal.dossiers) == count
    record_property("calls", world.calls)
    record_property("odd", dict(world.odd))
    assert sum(world.odd.values()) > count / 20
