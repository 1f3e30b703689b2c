"""One time for one database, for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from postal import clock as port
from postal import db
from postal.errors import Conflict, Unavailable

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_again():
    yield
    port.use()


async def test_simulated_time_stands_until_it_is_moved(database):
    await port.claim("simulated", AT)
    assert await port.now() == AT
    assert port.mode() == "simulated"
    assert await port.move(AT + timedelta(hours=1)) == AT + timedelta(hours=1)
    assert await port.now() == AT + timedelta(hours=1)


async def test_simulated_time_goes_on_where_it_stood(database):
    await port.claim("simulated", AT)
    await port.move(AT + timedelta(days=2))
    await port.claim("simulated", AT)
    assert await port.now() == AT + timedelta(days=2)


async def test_the_clock_does_not_go_back(database):
    await port.claim("simulated", AT)
    with pytest.raises(Conflict) as caught:
        await port.move(AT - timedelta(seconds=1))
    assert caught.value.code == "clock.backwards"
    assert await port.move(AT) == AT


@pytest.mark.parametrize(("first", "second"), [("real", "simulated"), ("simulated", "real")])
async def test_a_database_keeps_its_kind_of_time(database, first, second):
    await port.claim(first, AT)
    with pytest.raises(Conflict) as caught:
        await port.claim(second, AT)
    assert caught.value.code == "clock.other_mode"
    assert await port.bound_mode() == first
    assert port.mode() == first


async def test_real_time_cannot_be_moved(database):
    await port.claim("real")
    with pytest.raises(Conflict) as caught:
        await port.move(AT)
    assert caught.value.code == "clock.real"


async def test_a_database_of_no_mode_yet_cannot_be_moved_and_has_no_time(database):
    port.select("simulated")
    with pytest.raises(Unavailable):
        await port.now()
    with pytest.raises(Conflict):
        await port.move(AT)
    assert await port.bound_mode() is None


async def test_the_application_cannot_unbind_a_database(database):
    await port.claim("real")
    for statement in ("UPDATE system_mode SET mode = 'simulated'", "DELETE FROM system_mode"):
        with pytest.raises(Exception, match="permission denied"):
            await db.execute(statement)
