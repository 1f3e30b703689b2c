"""Canonical form v1: fixed for ever, since hashes of stored rows depend on it."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from msgspec.structs import replace

from postal.ledger.rules import Content, Stream, canonical, commitment, content_hash

SCAN = Content(
    id=UUID("019aa7d2-4f00-7000-8000-000000000001"),
    stream=Stream.SCAN,
    kind="receive",
    code="DH123456785VN",
    occurred_at=datetime(2026, 11, 23, 9, 29, 58, tzinfo=timezone(timedelta(hours=7))),
    organisation="BC-100000",
    person="NV-1",
    device="hy-0012",
    epoch="7f3a",
    seq=0,
    body={"place": "Bưu cục Hà Nội", "counted": {"originals": 1, "documents": 5}, "reason": None},
)


def test_the_form_of_a_scan_is_as_published():
    assert (
        canonical(SCAN)
        == (
            '{"body":{"counted":{"documents":5,"originals":1},"place":"Bưu cục Hà Nội"},"code":"DH123456785VN",'
            '"device":"hy-0012","epoch":"7f3a","id":"019aa7d2-4f00-7000-8000-000000000001","kind":"receive",'
            '"occurred_at":"2026-11-23T02:29:58.000000Z","organisation":"BC-100000","person":"NV-1","seq":0,"stream":1}'
        ).encode()
    )


def test_the_hash_of_a_scan_never_changes():
    assert content_hash(SCAN).hex() == "1b68cea9733b11738b40e14fced3328d75dc2fe85cf4e3e42b63a559f39404db"


@pytest.mark.parametrize(
    "same",
    [
        replace(SCAN, occurred_at=SCAN.occurred_at.astimezone(UTC)),
        replace(SCAN, body={**SCAN.body, "place": unicodedata.normalize("NFD", SCAN.body["place"])}),
        replace(SCAN, subjects=()),
    ],
)
def test_what_means_the_same_hashes_the_same(same):
    assert content_hash(same) == content_hash(SCAN)


@pytest.mark.parametrize(
    "other",
    [
        replace(SCAN, kind="refuse"),
        replace(SCAN, code="DH123456799VN"),
        replace(SCAN, seq=1),
        replace(SCAN, seq=None),
        replace(SCAN, stream=Stream.CASE),
        replace(SCAN, occurred_at=SCAN.occurred_at + timedelta(microseconds=1)),
        replace(SCAN, body={**SCAN.body, "reason": ""}),
        replace(SCAN, subjects=("A", "B")),
        replace(SCAN, organisation=None),
        replace(SCAN, source="log"),
    ],
)
def test_every_field_is_covered(other):
    assert content_hash(other) != content_hash(SCAN)


def test_the_order_of_subjects_counts():
    assert content_hash(replace(SCAN, subjects=("A", "B"))) != content_hash(
        replace(SCAN, subjects=("B", "A"))
    )


def test_a_commitment_hides_the_value_and_takes_any_composition():
    assert commitment(b"salt", "Nguyễn") == commitment(b"salt", "Nguye\u0302\u0303n")
    assert commitment(b"salt", "Nguyễn") != commitment(b"other", "Nguyễn")
    assert len(commitment(b"salt", "")) == 64
