"""Rows to be told as events, events of others, and GS1's schema to hold both against."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import strategies as st

from integrations.epcis.rules.addresses import Names
from integrations.epcis.rules.mapping import CORRECTING, MAPPED
from integrations.epcis.rules.said import Said
from postal.ledger.rules import Stream
from shipments.pieces.rules import s10

NAMES = Names("https://tracuu.example.vn")
SCHEMA = Path(__file__).parents[2].parent / "shared" / "data" / "epcis-2.0-json-schema.json"
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
KINDS = [(stream, kind) for stream, kinds in MAPPED.items() for kind in kinds]

codes = st.one_of(
    st.integers(0, 99_999_999).map(lambda number: s10("DH", number)),
    st.sampled_from(
        ["000.00.04.H29-261123-0001", "H29.10.2-261123-0007-KQ", "CT-BC1-261123-0001", "Đ/1 ?#%"]
    ),
)
organisations = st.sampled_from(["BC-1", "DESK-1", "HUB.1", "VN"])
words = st.sampled_from(["slip", "absent", "wrong_piece"])
instants = st.integers(0, 10**12).map(lambda number: NOON - timedelta(microseconds=number))


def schema() -> jsonschema_rs.Draft7Validator:
    """Read GS1's published schema; it stands beside the repository, not in it."""
    if not SCHEMA.exists():
        pytest.skip(f"GS1's schema is not at {SCHEMA}", allow_module_level=True)
    return jsonschema_rs.Draft7Validator(json.loads(SCHEMA.read_text()), validate_formats=True)


@st.composite
def said(draw, kinds=tuple(KINDS), code=codes) -> Said:
    """Draw what may be told of a row of a kind that maps."""
    stream, kind = draw(st.sampled_from(kinds))
    of_manifest = kind.startswith("manifest.")
    corrected = draw(instants)
    about = "BK-261123-ABCDE" if of_manifest else draw(code)
    return Said(
        id=draw(st.uuids()),
        content_hash=draw(st.binary(min_size=32, max_size=32)).hex(),
        stream=stream,
        kind=kind,
        code=about,
        occurred_at=draw(st.sampled_from([corrected, corrected + timedelta(seconds=3, microseconds=7)])),
        corrected_at=corrected,
        received_at=corrected + timedelta(microseconds=draw(st.integers(0, 10**10))),
        uncertainty_ms=draw(st.sampled_from([0, 2000])),
        organisation=draw(st.one_of(st.none(), organisations)),
        verdict=draw(st.sampled_from(["accepted", "unknown", "disputed"])),
        place=draw(st.one_of(st.none(), organisations)),
        manifest=draw(st.one_of(st.none(), st.just("BK-261123-ABCDE"))),
        container=draw(
            codes.filter(lambda one: one != about)
            if kind in {"pack", "unpack"}
            else st.one_of(st.none(), codes)
        ),
        counterparty=draw(st.one_of(st.none(), st.just("CITIZEN"), organisations)),
        condition=draw(
            st.one_of(st.none(), st.sampled_from(["intact", "opened", "seal_broken", "lost", "found"]))
        ),
        reason=draw(st.one_of(st.none(), words)),
        corrects=draw(st.one_of(st.none(), st.just("019a0000-0000-7000-8000-000000000000"))),
        keep=draw(st.one_of(st.none(), st.just("0f" * 32))),
        counted=draw(st.sampled_from([(), (("documents", 5), ("originals", 1))])),
        seal=draw(st.sampled_from([(), (("number", "NP-1"), ("state", "intact"))])),
        giver=draw(st.one_of(st.none(), organisations)),
        receiver=draw(st.one_of(st.none(), organisations)),
        carrier=draw(st.one_of(st.none(), organisations)),
        lines=tuple(draw(st.lists(codes, max_size=3, unique=True))) if of_manifest else (),
    )


def document(*events, names: Names = NAMES) -> dict:
    """Make an EPCISDocument."""
    return {
        "@context": names.context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-23T12:00:00+07:00",
        "epcisBody": {"eventList": list(events)},
    }


def an_event(**more) -> dict:
    """Make an event of a partner: a receipt of an item that nobody knows."""
    event = {
        "type": "ObjectEvent",
        "eventTime": "2026-11-23T08:30:00.000+07:00",
        "eventTimeZoneOffset": "+07:00",
        "epcList": [NAMES.thing("DH123456785VN")],
        "action": "OBSERVE",
        "bizStep": "receiving",
        "disposition": "in_progress",
        **more,
    }
    return {name: value for name, value in event.items() if value is not None}


PLAIN_KINDS = tuple(each for each in KINDS if each not in CORRECTING)
CORRECT = (Stream.SCAN, "correct")
