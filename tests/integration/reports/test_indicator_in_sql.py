"""Indicator 2.1 is written twice: as a pure rule, and as a statement that counts a whole province."""

from datetime import timedelta
from random import Random

from manifests.reports.repository import Scope, behind, grouped
from manifests.reports.rules import Basis
from manifests.reports.rules.indicators import Case, is_on_time
from manifests.reports.rules.periods import read_period
from postal.db import execute
from postal.identifiers import new_id
from postal.identity.rules import Actor, Role

NOV = read_period("2026M11")
CONTROL = Actor(kind="key", id="k", roles=frozenset({Role.CONTROL}), reads_everything=True)
MANY = 300


def a_case(rng):
    """Make what 2.1 asks, whole hours around the month, with the requests that came before its end."""
    begin = NOV.begin - timedelta(days=5) + timedelta(hours=rng.randrange(30 * 24))
    ended = begin + timedelta(hours=rng.randrange(1, 40 * 24)) if rng.random() < 0.6 else None
    due = begin + timedelta(hours=rng.randrange(1, 30 * 24)) if rng.random() < 0.9 else None
    asked = sorted(
        begin + timedelta(hours=rng.randrange(1, 40 * 24)) for _ in range(rng.choice((0, 0, 0, 1, 2)))
    )
    answered = [at + timedelta(hours=5) if rng.random() < 0.6 else None for at in asked]
    return begin, ended, due, list(zip(asked, answered, strict=True))


def judged(ended, due, requests):
    """Ask the rule, with what had happened by the end of the month."""
    before = [(at, until) for at, until in requests if at < NOV.end]
    waiting = [at for at, until in before if until is None or until >= NOV.end]
    case = Case(
        processed=ended if ended is not None and ended < NOV.end else None,
        promised=due,
        waiting_since=min(waiting, default=None),
        requests=len(before),
    )
    return is_on_time(case, NOV.end)


async def store(cases):
    """Put the cases where the statement reads them."""
    rows = [(code, begin, due, ended, len(asked)) for code, (begin, ended, due, asked) in cases.items()]
    await execute(
        """
        INSERT INTO dossier (code, procedure, authority, desk, service_mode, registered_at, status, due_first,
            received_at, ended_at, withdrawn, supplements, extensions, flags)
        SELECT code, 'P', 'H57', 'MC', 'both', begun, 4, due, begun, ended, false, asked, 0, '{}'
        FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::integer[])
            AS given (code, begun, due, ended, asked)
        """,
        *map(list, zip(*rows, strict=True)),
    )
    requests = [
        (new_id(at), code, ordinal, at, until)
        for code, (*_, asked) in cases.items()
        for ordinal, (at, until) in enumerate(asked, 1)
    ]
    await execute(
        """
        INSERT INTO supplement_request
            (row, dossier, ordinal, at, answered_at, items, override, authority, desk, procedure)
        SELECT id, code, ordinal, at, until, '{}', false, 'H57', 'MC', 'P'
        FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::timestamptz[], $5::timestamptz[])
            AS given (id, code, ordinal, at, until)
        """,
        *map(list, zip(*requests, strict=True)),
    )


async def test_the_statement_judges_every_dossier_as_the_rule_does(database):
    rng = Random(766)
    cases = {f"H57-{number:04}": a_case(rng) for number in range(MANY)}
    await store(cases)
    expected = {
        code: judged(ended, due, asked)
        for code, (begin, ended, due, asked) in cases.items()
        if begin < NOV.end and (ended is None or ended >= NOV.begin)
    }
    scope = Scope(begin=NOV.begin, end=NOV.end, everything=True, organisations=())
    found = {}
    for measure, verdict in (("on_time", True), ("late", False)):
        rows = await behind(measure, "all", "", scope, CONTROL, None, MANY)
        found |= {row.code: verdict for row in rows}
    every = {row.code for row in await behind("handled", "all", "", scope, CONTROL, None, MANY)}
    assert {code: found.get(code) for code in every} == expected
    assert set(expected.values()) == {True, False, None}
    whole = (await grouped(Basis.SETTLED, scope))[0]
    assert whole.counts["handled"] == len(expected)
    assert whole.counts["judged"] == sum(verdict is not None for verdict in expected.values())
