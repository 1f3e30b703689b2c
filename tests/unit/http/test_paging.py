"""Cursors are opaque, and only ours are taken."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.errors import BadInput
from postal.http.paging import decode_cursor, encode_cursor

text = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=50)


@given(text, st.integers(-(2**62), 2**62))
def test_a_cursor_gives_its_key_back(code, number):
    cursor = encode_cursor((code, number))
    assert cursor.isascii()
    assert "=" not in cursor
    assert decode_cursor(cursor, tuple[str, int]) == (code, number)


def test_no_cursor_is_the_first_page():
    assert decode_cursor(None, tuple[str]) is None


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "!!!!", "Đ", "WzFd", "WyJhIiw", "A" * 2000, encode_cursor(["a", "b"]), encode_cursor(["\x00"])],
)
def test_what_we_did_not_make_is_refused_with_its_place(cursor):
    with pytest.raises(BadInput) as refused:
        decode_cursor(cursor, tuple[str])
    assert refused.value.code == "request.cursor"
    assert refused.value.pointer == "/query/cursor"


@given(st.text())
def test_any_text_is_a_cursor_or_refused(cursor):
    with suppress(BadInput):
        assert isinstance(decode_cursor(cursor, tuple[str]), tuple)
