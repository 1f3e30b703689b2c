"""The start page lists what the caller's organisation answers for."""

from datetime import timedelta

from postal.identity.rules import Role
from tests.factories import custody as made


async def test_the_start_page_lists_the_pieces_that_the_own_organisation_holds(client, clock):
    now = clock.instant
    await made.network(now)
    await made.pieces("EA123456785VN", now=now)
    scanner = await made.Scanner.at(client, clock, made.OFFICE)
    scan = scanner.scan("accept", "EA123456785VN", now + timedelta(minutes=1))
    await scanner.results([scan], now + timedelta(minutes=2))
    holder = await made.organisation_key(made.OFFICE, Role.CLERK, now=clock.instant)
    stranger = await made.organisation_key(made.OTHER, Role.CLERK, now=clock.instant)
    page = (await client.get("/home", headers=holder)).text
    assert "EA123456785VN" in page
    assert "Đang giữ" in page
    assert "EA123456785VN" not in (await client.get("/home", headers=stranger)).text
