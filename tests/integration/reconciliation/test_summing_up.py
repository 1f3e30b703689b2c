"""The lines that the database sums up come out as the rule over all rows says, whatever was scanned."""

import os
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from manifests.manifests.repository import find_many
from manifests.manifests.rules import canonical_text, digest_of
from manifests.reconciliation.repository import summed_lines
from manifests.reconciliation.rules import LineClass
from manifests.reconciliation.service import judge, judge_by_rows
from postal.db import unit_of_work
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored, record
from shipments.pieces.rules import PieceKind, Registration, s10
from shipments.pieces.service import register_pieces
from tests.factories.identity import device
from tests.factories.manifests import GIVER, RECEIVER, SEALED, STRANGER, at, scan
from tests.factories.network import organisations

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SILENT, CARRIER, HIRED = "MC-21", "VC-1", "VC-2"
LISTED, UNLISTED, BAG, SACK = (0, 1, 2, 3), (4, 5), "bag", "sack"
NOW = at(600)
KINDS = (
    *("offer", "receive", "receive", "receive", "arrive"),
    *("refuse", "pack", "unpack", "report", "deliver", "depart", "recall", "correct"),
)
_numbers = count(1)

said = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "piece": st.sampled_from((*LISTED, *LISTED, *UNLISTED, BAG, SACK, "manifest")),
        "by": st.sampled_from(
            ("giver", "giver", "receiver", "receiver", "receiver", STRANGER, CARRIER, HIRED)
        ),
        "minute": st.integers(-60, 240),
        "late": st.sampled_from((0, 0, 0, 5, 300, 700)),
        "named": st.sampled_from(("manifest", "manifest", "manifest", None, "other", "BK-ELSE")),
        "condition": st.sampled_from((None, None, None, "intact", "damaged", "lost", "OPENED")),
        "seal": st.sampled_from((None, None, None, "intact", "broken", "missing")),
        "number": st.sampled_from((None, "7", "7", "8")),
        "to": st.sampled_from((None, "receiver", HIRED)),
        "into": st.sampled_from((BAG, SACK, "manifest")),
        "uncertainty_ms": st.sampled_from((0, 0, 90_000)),
        "about": st.none() | st.integers(0, 9),
    }
)
worlds = st.fixed_dictionaries(
    {
        "said": st.lists(said, max_size=14),
        "receiver": st.sampled_from((RECEIVER, SILENT)),
        "carrier": st.sampled_from((None, CARRIER)),
        "later": st.lists(st.sampled_from(LISTED), unique=True, max_size=3),
        "later_at": st.integers(1, 200),
        "cancelled": st.booleans(),
        "bag_listed": st.booleans(),
        "closed": st.lists(st.tuples(st.sampled_from((*LISTED, BAG)), st.integers(-50, 50)), max_size=3),
    }
)
PLAIN = [
    {"kind": "receive", "piece": n, "by": "receiver", "minute": 30, "late": 0, "named": "manifest"}
    for n in LISTED
]


@pytest.fixture
async def parties(database, clock):
    await organisations(GIVER, RECEIVER, SILENT, STRANGER, CARRIER, HIRED)
    await device("hy-silent", SILENT, now=SEALED - timedelta(days=30))


@pytest.mark.timeout(600)
@example(world={"said": PLAIN, "receiver": RECEIVER, "later": [0]})
@example(world={"said": PLAIN[:2], "receiver": SILENT})
@given(world=worlds)
@settings(max_examples=1000 if FULL else 60)
async def test_the_summed_up_lines_are_as_the_rule_over_all_rows_says(parties, world):
    manifest = await _recorded(world)
    summed, _ = await judge(manifest, now=NOW)
    by_rows, _ = await judge_by_rows(manifest, at=NOW, past=False)
    assert summed == by_rows


async def test_lines_that_were_handed_over_well_need_no_rows(parties):
    manifest = await _recorded({"said": PLAIN, "receiver": RECEIVER})
    assert all(line.plain is not None for line in await summed_lines(manifest, NOW))
    assert (await judge(manifest, now=NOW))[0].counts[LineClass.MATCHED] == len(LISTED)


async def _recorded(world):
    """Put a world into the ledger, under codes that no other world has, and give its manifest."""
    number = next(_numbers)
    code, later = f"BK-261123-{number:06}", f"BK-261124-{number:06}"
    receiver = world["receiver"]
    codes = {n: s10("DH", number * 10 + n) for n in (*LISTED, *UNLISTED)}
    codes |= {BAG: f"TUI-BC10-{number:06}", SACK: f"TUI-BC11-{number:06}", "manifest": code}
    codes |= {"other": later, "receiver": receiver, "giver": GIVER}
    lines = [codes[n] for n in LISTED] + ([codes[BAG]] if world.get("bag_listed") else [])
    registrations = [
        Registration(
            code=codes[n],
            kind=PieceKind.BAG if n in (BAG, SACK) else PieceKind.ITEM,
            origin=GIVER,
            destination=STRANGER if n == UNLISTED[0] else receiver,
            direction="inbound",
        )
        for n in (*LISTED, *UNLISTED, BAG, SACK)
    ]
    rows = [
        *register_pieces(registrations, now=at(-600), actor_organisation=GIVER),
        _sealed(code, GIVER, receiver, lines, 0, world.get("carrier")),
    ]
    async with unit_of_work():
        await record(rows)
    rows = _scans(world["said"], codes, number)
    rows += [_closed(codes[piece], minute) for piece, minute in world.get("closed", ())]
    if again := [codes[n] for n in world.get("later", ())]:
        rows.append(_sealed(later, receiver, STRANGER, again, world.get("later_at", 100), None))
        if world.get("cancelled"):
            rows.append(_cancelled(later, receiver, again, world.get("later_at", 100) + 5))
    async with unit_of_work():
        await record(rows)
    return (await find_many([code]))[code]


def _scans(told: list[dict], codes: dict, number: int) -> list[Row]:
    made: list[Row] = []
    for n, one in enumerate(told):
        about = made[one["about"] % len(made)].content if one.get("about") is not None and made else None
        body = {
            "manifest": codes.get(one["named"], one["named"]),
            "condition": one.get("condition"),
            "seal": _seal(one),
            "counterparty": codes.get(one.get("to"), one.get("to")),
        }
        row_id = UUID(int=(0x19A0000 << 80) | (7 << 76) | (2 << 62) | (number << 20) | n)
        code, by, subjects = codes[one["piece"]], codes.get(one["by"], one["by"]), ()
        if one["kind"] in {"pack", "unpack"}:
            body["container"] = codes[one["into"]]
            subjects = (codes[one["into"]],)
        if one["kind"] == "correct":
            if about is None:
                continue
            # Mostly as it may be: of the same piece by the same party.
            body["corrects"] = str(about.id)
            code, by = (about.code, about.organisation) if n % 4 else (code, by)
        elif about is not None and n % 3 == 0:
            row_id = about.id
        made.append(
            scan(
                n,
                one["kind"],
                code,
                by,
                minute=one["minute"],
                received=one["minute"] + one["late"],
                id=row_id,
                body=body,
                subjects=subjects,
                uncertainty_ms=one.get("uncertainty_ms", 0),
                manifest=body["manifest"],
            )
        )
    return made


def _seal(one: dict) -> dict | None:
    if not one.get("seal"):
        return None
    return {"state": one["seal"]} | ({"number": one["number"]} if one.get("number") else {})


def _closed(code, minute):
    return _record("container.closed", code, GIVER, minute, {"seal": {"number": "7", "state": "intact"}}, ())


def _sealed(code, giver, receiver, pieces, minute, carrier):
    header = {"giver": giver, "receiver": receiver, "created_at": canonical_instant(at(minute - 10))}
    text = canonical_text(code, giver, receiver, carrier, at(minute), pieces)
    body = header | {"digest": digest_of(text), "lines": pieces} | ({"carrier": carrier} if carrier else {})
    return _record("manifest.sealed", code, giver, minute, body, pieces)


def _cancelled(code, giver, pieces, minute):
    body = {
        "giver": giver,
        "receiver": STRANGER,
        "created_at": canonical_instant(at(minute - 10)),
        "lines": pieces,
    }
    return _record("manifest.cancelled", code, giver, minute, body, ())


def _record(kind, code, organisation, minute, body, subjects):
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=at(minute),
        now=at(minute),
        actor_organisation=organisation,
        body=body,
        subjects=subjects,
    )
