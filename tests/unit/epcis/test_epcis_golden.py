"""What each kind of row looks like as an event, kept as files: a change of one byte is a change for every partner.

`POSTAL_WRITE_GOLDEN=1` writes them anew; then read the difference.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from integrations.epcis.rules.mapping import CASES, CORRECTING, MAPPED, RECORDS, SCANS
from integrations.epcis.rules.outward import event_of
from integrations.epcis.rules.returning import said_from
from integrations.epcis.rules.said import Said
from postal.ledger.rules import Stream
from shipments.custody.rules import ScanKind
from shipments.dossiers.rules import CaseKind
from tests.factories.epcis import NAMES, NOON, document, schema

FOLDER = Path(__file__).parent / "golden"
ITEM, BAG, MANIFEST, DOSSIER = (
    "DH123456785VN",
    "TUI-BC1-261123-AAAA",
    "BK-261123-ABCDE",
    "000.00.04.H29-261123-0001",
)


def row(stream, kind, number) -> Said:
    """Make a row of a kind in which every field that the kind has says something."""
    of_manifest = kind.startswith("manifest.")
    scan = stream is Stream.SCAN
    return Said(
        id=UUID(int=0x019A0000_0000_7000_8000_000000000000 + number),
        content_hash=f"{number:064x}",
        stream=stream,
        kind=kind,
        code=MANIFEST if of_manifest else ITEM if scan or kind == "piece.registered" else DOSSIER,
        occurred_at=NOON + timedelta(minutes=number, microseconds=250_000),
        corrected_at=NOON + timedelta(minutes=number, microseconds=123_456),
        received_at=NOON + timedelta(minutes=number, seconds=1),
        uncertainty_ms=2000 if scan else 0,
        organisation="BC-1",
        place="BC-1-QUAY2" if scan else None,
        manifest=MANIFEST if kind in {"offer", "receive", "refuse"} else None,
        container=BAG if kind in {"pack", "unpack"} else None,
        counterparty={"accept": "CITIZEN"}.get(kind, "DESK-1")
        if kind in {"accept", "offer", "receive", "refuse", "return", "deliver"}
        else None,
        condition="damaged" if kind == "report" else None,
        reason="absent" if kind == "attempt_failed" else None,
        corrects=str(UUID(int=0x019A0000_0000_7000_8000_000000000000))
        if (stream, kind) in CORRECTING
        else None,
        counted=(("documents", 5), ("originals", 1)) if kind in {"accept", "receive"} else (),
        seal=(("number", "NP-1"), ("state", "intact")) if kind in {"depart", "arrive"} else (),
        giver="BC-1" if kind in {"manifest.sealed", "manifest.cancelled"} else None,
        receiver="DESK-1" if kind in {"manifest.sealed", "manifest.cancelled"} else None,
        carrier="HUB-1" if kind == "manifest.sealed" else None,
        lines=(ITEM, DOSSIER) if kind in {"manifest.sealed", "manifest.cancelled"} else (),
    )


@pytest.mark.parametrize("stream", list(Stream), ids=lambda stream: stream.name.lower())
def test_events_of_each_kind_are_as_they_were(stream):
    first = row(Stream.SCAN, "accept", 0)
    rows = [row(stream, kind, number) for number, kind in enumerate(MAPPED[stream], 1)]
    events = [event_of(each, first if each.kind == "correct" else None, NAMES) for each in rows]
    made = document(*events)
    schema().validate(made)
    for each, event in zip(rows, events, strict=True):
        assert said_from(event, NAMES)[0] == each
    golden = FOLDER / f"{stream.name.lower()}.json"
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("POSTAL_WRITE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


def test_every_kind_of_scan_and_every_case_event_is_told():
    assert set(SCANS) == {kind.value for kind in ScanKind}
    assert set(CASES) == {kind.value for kind in CaseKind}
    assert all(kind.startswith(("piece.", "container.", "manifest.", "case.")) for kind in RECORDS)
