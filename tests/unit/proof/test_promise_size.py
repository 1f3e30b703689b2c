"""A promise fits its QR code whatever the codes of its parties are, and says what it was given."""

import string
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from postal.proof import standalone
from postal.proof.rules import CLASSES, Promise, Side, signed_promise
from postal.proof.rules.notes import short, signed, unshort

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
LONGEST_NAME = "a" * 16 + "/promise"
AT = datetime(2026, 11, 23, 1, 30, 5, tzinfo=UTC)
KEYS = [standalone.Key(LONGEST_NAME, "promise", PUBLIC, "2026-01-01T00:00:00+00:00", None)]

organisations = st.text(string.ascii_uppercase + string.digits + ".-", min_size=2, max_size=35)
people = st.none() | st.text(string.ascii_letters + string.digits + "._-", min_size=2, max_size=35)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
hashes = st.binary(min_size=32, max_size=32)
sides = st.builds(Side, organisation=organisations, person=people, at=instants)
promises = st.builds(
    Promise,
    number=st.just("GN-261123-ABCDEFGH"),
    manifest=st.just("BK-261123-ABCDEF"),
    digest=hashes,
    rows=st.integers(1, 99_999),
    rows_digest=hashes,
    counts=st.dictionaries(st.sampled_from(CLASSES), st.integers(1, 5_000), max_size=3),
    giver=sides,
    receiver=sides,
    at=st.just(AT),
    by=st.just(AT + timedelta(seconds=60)),
    leaf=hashes,
)


def note_of(promise):
    return signed_promise(promise, LONGEST_NAME, PUBLIC, KEY.sign)


@given(promises)
def test_a_promise_reads_back_as_it_was_given(promise):
    read = standalone.promise_of(note_of(promise), KEYS)
    for name in ("number", "manifest", "digest", "rows", "rows_digest", "leaf", "at", "by", "counts"):
        assert read[name] == getattr(promise, name)
    assert read["giver"].split(" ")[:2] == [promise.giver.organisation, promise.giver.person or "-"]
    assert read["receiver"].split(" ")[:2] == [promise.receiver.organisation, promise.receiver.person or "-"]


def longest():
    side = Side(organisation="B" * 35, person="n" * 35, at=AT)
    return Promise(
        number="GN-261123-ABCDEFGH",
        manifest="BK-261123-ABCDEF",
        digest=bytes(32),
        rows=99_999,
        rows_digest=bytes(32),
        counts=dict.fromkeys(CLASSES, 625),
        giver=side,
        receiver=side,
        at=AT,
        by=AT,
        leaf=bytes(32),
    )


def test_the_longest_promise_has_at_most_600_bytes():
    assert len(note_of(longest()).encode()) <= 600


def test_a_promise_is_read_from_its_qr_code():
    segno = pytest.importorskip("segno")
    numpy = pytest.importorskip("numpy")
    note = note_of(longest())
    code = segno.make_qr(note.encode(), error="m", boost_error=False, encoding="utf-8")
    dots = numpy.array(
        [[0 if dot else 255 for dot in row] for row in code.matrix_iter(scale=3, border=4)], "u1"
    )
    [read] = zxingcpp.read_barcodes(dots)
    assert standalone.promise_of(read.text, KEYS)["number"] == "GN-261123-ABCDEFGH"


@given(st.binary(min_size=32, max_size=32))
def test_a_hash_on_paper_reads_back(value):
    assert unshort(short(value)) == value
    assert len(short(value)) == 43


@pytest.mark.parametrize("text", ["", "abc", "!" * 43, "A" * 44, "A" * 42 + "B", "ơ" * 43])
def test_what_is_no_hash_is_not_read_as_one(text):
    assert unshort(text) is None


def test_a_key_signs_only_in_its_own_time_and_role():
    note = note_of(longest())
    for key, code in (
        (KEYS[0]._replace(role="log"), "receipt.foreign"),
        (KEYS[0]._replace(name="another/promise"), "receipt.foreign"),
        (KEYS[0]._replace(since="2026-12-01T00:00:00+00:00"), "receipt.key_expired"),
        (KEYS[0]._replace(until="2026-11-01T00:00:00+00:00"), "receipt.key_expired"),
    ):
        with pytest.raises(standalone.Wrong) as wrong:
            standalone.promise_of(note, [key])
        assert wrong.value.code == code


def test_a_signed_text_of_another_kind_is_no_promise():
    paper = signed("postal-paper:1\nBK-261123-ABCDEF\n", LONGEST_NAME, PUBLIC, KEY.sign)
    with pytest.raises(standalone.Wrong, match="unreadable"):
        standalone.promise_of(paper, KEYS)
