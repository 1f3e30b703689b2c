"""Codes given out at the same time, and dossiers registered twice at once."""

import asyncio
from itertools import combinations

import pytest

from postal.db import fetch, unit_of_work
from postal.ledger.service import record
from shipments.pieces import repository, service
from shipments.pieces.rules import PieceKind, Registration
from tests.factories.dossiers import OFFICE, Desks

KEY = b"0123456789abcdef"


async def give_out(prefix, office, now, count):
    async with unit_of_work():
        return await service.allocate(prefix, office, now, count, KEY)


async def test_offices_that_ask_at_once_get_different_serials(database, clock):
    asked = [give_out("DH", f"BC-{number}", clock.instant, 7) for number in range(6)]
    given = [serial for serials in await asyncio.gather(*asked) for serial in serials]
    assert len(set(given)) == 42
    assert len(await fetch("SELECT FROM serial_given")) == 42


async def test_one_office_that_asks_at_once_still_gets_serials_far_apart(database, clock):
    asked = [give_out(prefix, OFFICE, clock.instant, 5) for prefix in ("DH", "DH", "DK", "DK", "TUI")]
    given = [serial for serials in await asyncio.gather(*asked) for serial in serials]
    for one, other in combinations(given, 2):
        assert sum(a != b for a, b in zip(f"{one:08d}", f"{other:08d}", strict=True)) > 1


async def test_a_serial_of_a_failed_unit_of_work_is_not_lost(database, clock):
    async def fail():
        async with unit_of_work():
            await service.allocate("DH", OFFICE, clock.instant, 1, KEY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    first = await give_out("DH", OFFICE, clock.instant, 1)
    assert (await fetch("SELECT serial FROM serial_given"))[0]["serial"] == first[0]


async def test_two_desks_that_register_one_code_at_once_register_it_once(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    answers = await asyncio.gather(*(desks.register(code="000.00.01.H57-261123-0001") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await fetch("SELECT FROM applicant")) == 1


async def test_of_two_registrations_of_a_piece_the_earlier_holds(database, clock):
    async with unit_of_work():
        for hour, origin in ((2, "BC-2"), (1, "BC-1")):
            registration = Registration(
                code="DH123456785VN", kind=PieceKind.ITEM, origin=origin, destination="CITIZEN"
            )
            at = clock.instant.replace(hour=hour - 1)
            await record(
                service.register_pieces(
                    [registration], now=clock.instant, actor_organisation=origin, occurred_at=at
                )
            )
    assert (await repository.find_many(["DH123456785VN"]))["DH123456785VN"].origin == "BC-1"
