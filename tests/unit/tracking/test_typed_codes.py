"""Codes as people write them lead to the one code that can be meant, and to no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipments.pieces.rules import Refusal, normalise, s10
from shipments.tracking.rules import folded, typed_token
from shipments.tracking.rules.links import link_token, token_hash

ITEM = "DH123456785VN"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dh123456785vn", ITEM),
        ("DH 123 456 785 VN", ITEM),
        ("dh-123-456-785-vn", ITEM),
        ("DH–123–456–785–VN", ITEM),
        ("\u200bＤＨ１２３４５６７８５ＶＮ\u00a0", ITEM),
        ("DH123456785VN.", ITEM),
        ("h57.01-20261123-0000001", "H57.01-20261123-0000001"),
        ("H57.01 - 20261123 - 0000001", "H57.01-20261123-0000001"),
        ("H57.01–20261123–0000001-kq", "H57.01-20261123-0000001-KQ"),
        ("dh123456786vn", "dh123456786vn"),  # a wrong digit is never mended
        ("DD123456785VN Đ", "DD123456785VN Đ"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_writing_is_forgiven_and_characters_are_not(typed, meant):
    assert folded(typed) == meant


@given(
    st.integers(0, 99_999_999),
    st.lists(st.sampled_from([" ", "-", "–", "\u00a0", "\t"]), max_size=6),
    st.data(),
)
def test_every_item_survives_any_case_spaces_and_dashes(serial, blanks, data):
    code = s10("DH", serial)
    typed = list(data.draw(st.sampled_from([code, code.lower(), code.title()])))
    for blank in blanks:
        typed.insert(data.draw(st.integers(0, len(typed))), blank)
    assert folded("".join(typed)) == code


@given(st.text(max_size=80))
def test_what_comes_out_is_a_code_or_what_was_typed(raw):
    out = folded(raw)
    assert out == raw.strip() or not isinstance(normalise(out), Refusal)


@given(
    st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16), st.text(min_size=1, max_size=30)
)
def test_tokens_are_128_bits_the_same_at_each_print_and_apart_by_salt_dossier_and_key(key, salt, dossier):
    token = link_token(key, salt, dossier)
    assert token == link_token(key, salt, dossier) == typed_token(f" {token[:5].upper()}-{token[5:]} ")
    others = {
        link_token(bytes([key[0] ^ 1]) + key[1:], salt, dossier),
        link_token(key, bytes([salt[0] ^ 1]) + salt[1:], dossier),
        link_token(key, salt, dossier + "x"),
    }
    assert token not in others
    assert len(token) * 5 >= 128
    assert token.encode() not in token_hash(token)
