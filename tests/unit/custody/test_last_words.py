"""Who may take back what, and that the last word on a scan holds."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.custody.rules import Custody, Subject, fold

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OFFICE, DESK, MANIFEST = "BC-1", "DESK-1", "BK-261123-ABCDEF"
ITEM = Subject(code="DH123456785VN", presumed=OFFICE, registered_at=START)


def said(
    minute: int, kind: str, party: str, code: str = ITEM.code, *, number: int = 0, **body: object
) -> Row:
    content = Content(
        id=UUID(int=(7 << 76) | (2 << 62) | (number or minute)),
        stream=Stream.RECORD if kind.startswith("manifest.") else Stream.SCAN,
        kind=kind,
        code=code,
        occurred_at=START + timedelta(minutes=minute),
        organisation=party,
        body=body,
    )
    return Row(
        content=content,
        received_at=content.occurred_at,
        corrected_at=content.occurred_at,
        content_hash=content_hash(content),
    )


SEALED = said(1, "manifest.sealed", OFFICE, MANIFEST, giver=OFFICE, receiver=DESK)
DISPATCHED = said(2, "manifest.dispatched", OFFICE, MANIFEST)


def holder(*rows: Row, **more: object) -> Custody:
    return fold(ITEM, rows, **more)  # type: ignore[arg-type]


def test_a_slip_with_a_manifests_barcode_is_taken_back_under_its_code() -> None:
    taken = said(30, "receive", DESK, MANIFEST)
    back = said(60, "correct", DESK, MANIFEST, corrects=str(taken.content.id))
    assert holder(SEALED, DISPATCHED, taken).claims == (DESK,)
    assert holder(SEALED, DISPATCHED, taken, back).claims == (OFFICE,)


def test_an_act_of_the_presumed_holder_leaves_its_manifests_offer() -> None:
    departed = said(30, "depart", OFFICE)
    custody = holder(SEALED, DISPATCHED, departed, said(60, "receive", DESK))
    assert (custody.claims, custody.unconfirmed_from) == ((DESK,), None)
    assert [step.flags for step in custody.steps] == [(), (), ()]


def test_the_last_word_on_a_disputed_scan_holds() -> None:
    one = said(10, "offer", OFFICE, number=9, counterparty=DESK)
    other = said(10, "offer", OFFICE, number=9, counterparty="HUB-1")
    void = said(20, "correct", OFFICE, corrects=str(one.content.id))
    keep = said(30, "correct", OFFICE, corrects=str(one.content.id), keep=other.content_hash.hex())
    kept = holder(one, void, keep, disputed={one.content.id: (one, other)})
    assert kept.offer is not None
    assert kept.offer.receiver == "HUB-1"
    late = said(40, "correct", OFFICE, corrects=str(one.content.id))
    assert holder(one, void, keep, late, disputed={one.content.id: (one, other)}).offer is None
