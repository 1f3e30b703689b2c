"""A manifest on paper: its QR codes in any order give the list back, and nothing else does."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifests.documents.rules import Seal, Sealed, read_paper, signed_text, write_paper
from manifests.documents.rules.paper import ALPHABET, MOST_LINES, MOST_SIGNS, PREFIX, base45, from_base45
from manifests.manifests.rules import canonical_text, digest_of
from postal.errors import Unprocessable
from shipments.pieces.rules import s10

SEALED_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

codes = st.one_of(
    st.integers(0, 99_999_999).map(lambda serial: s10("DH", serial)),
    st.from_regex(r"\A[A-Z][0-9]{2}(\.[0-9]{2,3}){0,6}-[0-9]{8}-[0-9]{4,7}(-KQ)?\Z"),
    st.from_regex(r"\A[A-Z0-9][A-Z0-9.\-]{1,34}-[0-9]{8}-[0-9]{4,8}\Z"),
)


def sealed_of(pieces, carrier=None):
    facts = ("BK-261123-K7M2QX", "BC-10000", "MC-00001", carrier, SEALED_AT)
    code, giver, receiver, _, _ = facts
    return Sealed(
        code=code,
        giver=giver,
        receiver=receiver,
        carrier=carrier,
        sealed_at=SEALED_AT,
        digest=digest_of(canonical_text(*facts, pieces)),
        pieces=tuple(pieces),
    )


def sign(data):
    return digest_of(data.decode()).encode()[:64]


SEAL = Seal("0a1b2c3d", sign)


def verify(key, data, signature):
    return key == SEAL.key and signature == sign(data)


def refusal(payloads):
    with pytest.raises(Unprocessable) as caught:
        read_paper(payloads, verify)
    return caught.value.code


@given(st.lists(codes, min_size=1, max_size=260, unique=True), st.sampled_from([None, "VC-1"]), st.randoms())
def test_the_parts_in_any_order_give_the_list_back(pieces, carrier, random):
    sealed = sealed_of(pieces, carrier)
    payloads = write_paper(sealed, SEAL)
    assert len(payloads) >= -(-len(pieces) // MOST_LINES)
    assert all(len(each) <= MOST_SIGNS and set(each) <= set(ALPHABET) for each in payloads)
    shuffled = [*payloads, random.choice(payloads)]
    random.shuffle(shuffled)
    assert read_paper(shuffled, verify) == sealed
    if len(payloads) > 1:
        left_out = random.randrange(len(payloads))
        assert refusal(payloads[:left_out] + payloads[left_out + 1 :]) == "paper.part_missing"


@given(st.lists(codes, min_size=1, max_size=130, unique=True), st.data())
def test_an_altered_sign_is_refused(pieces, data):
    payloads = write_paper(sealed_of(pieces), SEAL)
    part = data.draw(st.integers(0, len(payloads) - 1))
    place = data.draw(st.integers(0, len(payloads[part]) - 1))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda one: one != payloads[part][place]))
    altered = payloads[part][:place] + other + payloads[part][place + 1 :]
    wanted = "paper.not_ours" if place < len(PREFIX) else "paper.altered"
    assert refusal([*payloads[:part], altered, *payloads[part + 1 :]]) == wanted


@given(st.binary(max_size=200))
def test_base_45_gives_every_byte_back(data):
    assert from_base45(base45(data)) == data


def test_base_45_is_that_of_the_standard():
    assert base45(b"Hello!!") == "%69 VD92EX0"
    assert from_base45("QED8WEX0") == b"ietf!"


@pytest.mark.parametrize("wrong", ["G", "GGW", "::::", "ab"])
def test_what_base_45_never_writes_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        from_base45(wrong)


def test_a_paper_of_other_lines_under_the_same_digest_is_refused():
    sealed = sealed_of([s10("DH", number) for number in range(120)])
    forged = Sealed(
        **{name: getattr(sealed, name) for name in sealed.__struct_fields__} | {"receiver": "MC-2"}
    )
    assert refusal(write_paper(forged, SEAL)) == "paper.altered"
    mixed = [write_paper(sealed, SEAL)[0], write_paper(sealed_of(sealed.pieces[::-1]), SEAL)[1]]
    assert refusal(mixed) == "paper.mixed"


def test_a_paper_that_nobody_or_somebody_else_signed_is_refused_by_who_asks():
    sealed = sealed_of([s10("DH", 1)])
    assert refusal(write_paper(sealed, None)) == "paper.signature"
    assert refusal(write_paper(sealed, Seal(SEAL.key, lambda data: b"x" * 64))) == "paper.signature"
    assert read_paper(write_paper(sealed, None)) == sealed
    assert signed_text(sealed.digest).startswith(b"postal:paper:1\ndigest ")


@pytest.mark.parametrize("payload", ["DH123456785VN", "BK-261123-K7M2QX", "", "https://example.vn/"])
def test_another_code_is_told_apart(payload):
    assert refusal([payload]) == "paper.not_ours"


def test_nothing_scanned_yet_misses_the_first_part():
    assert refusal([]) == "paper.part_missing"
