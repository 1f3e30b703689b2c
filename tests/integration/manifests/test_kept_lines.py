"""Which manifest keeps a piece from others: what was taken back frees nothing, and no order of rows keeps it twice."""

import os
from itertools import count
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from manifests.manifests.repository import find_many, open_manifests_of
from manifests.manifests.rules import canonical_text, digest_of
from postal import db
from postal.ledger.projections import export, rebuild
from postal.ledger.rules import Stream, canonical_instant
from postal.ledger.service import authored
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, at, item, party, registered, scan, scanned
from tests.factories.network import organisations

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
A, B = item(1), item(2)
_numbers = count(1)


async def test_a_scan_that_was_taken_back_frees_no_line(client, clock):
    await registered(A, B, now=clock.instant)
    giver = await party(client, GIVER, now=clock.instant)
    code = await giver.sealed(A, B)
    await scanned(scan(1, "receive", A, minute=5, manifest=code))
    assert await open_manifests_of([A, B]) == {B: code}
    wrong = str(scan(1, "receive", A).content.id)
    await scanned(scan(2, "correct", A, minute=6, corrects=wrong))
    assert await open_manifests_of([A, B]) == {A: code, B: code}
    refused = await giver.post("/manifests", {"receiver": RECEIVER, "lines": [A]})
    assert (refused.status_code, refused.json()["manifest"]) == (409, code)
    # The correction was wrong itself: what it took back counts again.
    await scanned(scan(3, "correct", A, minute=7, corrects=str(scan(2, "correct", A).content.id)))
    assert await open_manifests_of([A, B]) == {B: code}
    # Nobody takes back what another said.
    await scanned(scan(4, "correct", A, GIVER, minute=8, corrects=wrong))
    assert await open_manifests_of([A, B]) == {B: code}
    await scanned(scan(5, "receive", code, minute=9, manifest=None))
    assert await open_manifests_of([A, B]) == {}
    await scanned(
        scan(6, "correct", code, minute=10, manifest=None, corrects=str(scan(5, "x", A).content.id))
    )
    assert await open_manifests_of([A, B]) == {B: code}


told = st.fixed_dictionaries(
    {
        "what": st.sampled_from(("sealed", "sealed", "receive", "receive", "correct", "cancelled", "closed")),
        "list": st.integers(0, 2),
        "pieces": st.sets(st.integers(0, 1), min_size=1),
        "minute": st.integers(0, 60),
        "about": st.integers(0, 9),
        "by": st.sampled_from((RECEIVER, RECEIVER, STRANGER, GIVER)),
    }
)
SWAPPED = [
    {"what": "sealed", "list": 0, "pieces": {0, 1}, "minute": 0, "about": 0, "by": GIVER},
    {"what": "receive", "list": 0, "pieces": {0}, "minute": 5, "about": 0, "by": RECEIVER},
    {"what": "sealed", "list": 1, "pieces": {0, 1}, "minute": 10, "about": 0, "by": GIVER},
    {"what": "correct", "list": 0, "pieces": {0}, "minute": 20, "about": 0, "by": RECEIVER},
]


@pytest.fixture
async def parties(database):
    await organisations(GIVER, RECEIVER, STRANGER)


@pytest.mark.timeout(600)
@example(said=SWAPPED)
@given(said=st.lists(told, max_size=9))
@settings(max_examples=400 if FULL else 25)
async def test_lists_of_the_same_pieces_in_one_record_keep_each_piece_once(parties, said):
    at_once, one_by_one = _rows(said), _rows(said)
    await scanned(*at_once[1])
    for row in one_by_one[1]:
        await scanned(row)
    kept, stepwise = [
        {name: await _kept_by(codes) for name, codes in lists.items()} for lists, _ in (at_once, one_by_one)
    ]
    assert kept == stepwise


async def test_a_rebuild_keeps_them_alike(parties, database):
    lists, rows = _rows(SWAPPED)
    await scanned(*rows)
    before = await export()
    async with db.as_owner(database):
        await rebuild(chunk=2)
        await rebuild(chunk=500)
    assert await export() == before
    assert [await _kept_by(code) for code in lists.values()] == [[], [1, 2], []], (
        "the one that was sealed last"
    )


async def _kept_by(code):
    found = (await find_many([code])).get(code)
    return [line.n for line in found.lines if line.open] if found else []


def _rows(said):
    """Write what was said as rows of the ledger, under codes that nothing else has."""
    number = next(_numbers)
    pieces = [item(number * 10 + n) for n in (0, 1)]
    lists = {n: f"BK-261123-{'ABC'[n]}{number:05}" for n in range(3)}
    made, scans, sealed = [], [], set()
    for n, one in enumerate(said):
        code, listed = lists[one["list"]], [pieces[piece] for piece in sorted(one["pieces"])]
        if one["what"] == "receive":
            row = scan(
                n, "receive", listed[0], one["by"], minute=one["minute"], manifest=code, id=_id(number, n)
            )
            scans.append(row)
        elif one["what"] == "correct":
            if not scans:
                continue
            about = scans[one["about"] % len(scans)].content
            row = scan(
                n,
                "correct",
                about.code,
                one["by"],
                minute=one["minute"],
                manifest=None,
                corrects=str(about.id),
                id=_id(number, n),
            )
            scans.append(row)
        elif (one["what"] == "sealed") is (code in sealed):
            continue
        else:
            sealed.add(code)
            row = _record(one["what"], code, one["minute"], listed)
        made.append(row)
    return lists, made


def _id(number, n):
    return UUID(int=(0x19A0000 << 80) | (7 << 76) | (2 << 62) | (number << 20) | n)


def _record(what, code, minute, pieces):
    header = {"giver": GIVER, "receiver": RECEIVER, "created_at": canonical_instant(at(minute))}
    text = canonical_text(code, GIVER, RECEIVER, None, at(minute), pieces)
    body = {
        "sealed": header | {"digest": digest_of(text), "lines": pieces},
        "cancelled": header | {"lines": pieces},
        "closed": {"as_of": canonical_instant(at(minute)), "counts": {}, "lines": {}},
    }[what]
    return authored(
        stream=Stream.RECORD,
        kind=f"manifest.{what}",
        code=code,
        occurred_at=at(minute),
        now=at(minute),
        actor_organisation=RECEIVER if what == "closed" else GIVER,
        body=body,
        subjects=pieces if what == "sealed" else (),
    )
