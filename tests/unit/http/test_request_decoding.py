"""Bodies are read strictly, and a refusal says where."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.errors import BadInput
from postal.http.pointers import field_pointer, find_nul, pointer
from postal.http.requests import decode
from postal.instants import Instant


class Line(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    seq: int = 0
    at: Instant | None = None


class Upload(msgspec.Struct, forbid_unknown_fields=True):
    scans: list[Line]
    labels: dict[str, int] = {}


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        (b'{"scans": [{"kind": "a"}, {"kind": 3}]}', "request.invalid", "/scans/1/kind"),
        (b'{"scans": [{"kind": "a", "seq": "5"}]}', "request.invalid", "/scans/0/seq"),
        (b'{"scans": [{"seq": 5}]}', "request.invalid", "/scans/0/kind"),
        (b'{"scans": [{"kind": "a", "colour": 1}]}', "request.invalid", "/scans/0/colour"),
        (b'{"scans": [], "x/y": 1}', "request.invalid", "/x~1y"),
        (b'{"scans": [{"kind": "a", "at": "2026-11-23T08:00:00"}]}', "request.invalid", "/scans/0/at"),
        (b'{"scans": {}}', "request.invalid", "/scans"),
        (b'{"scans": [], "labels": {"a": "b"}}', "request.invalid", "/labels"),
        (b"[]", "request.invalid", ""),
        (b"null", "request.invalid", ""),
        (b"{", "request.malformed_json", ""),
        (b"", "request.malformed_json", ""),
        (b'{"scans": [{"kind": "\xff"}]}', "request.malformed_json", ""),
        (b'{"scans": [{"kind": "\x00"}]}', "request.malformed_json", ""),
        (b'{"scans": [{"kind": "\\ud800"}]}', "request.malformed_json", ""),
        (b'{"scans": [{"kind": "a\\u0000"}]}', "request.nul", "/scans/0/kind"),
        (b'{"scans": [], "labels": {"a\\u0000b": 1}}', "request.nul", "/labels"),
        (b'{"\\u0000": ', "request.malformed_json", ""),
        (b'{"scans": [{"kind": "a", "seq": 1e400}]}', "request.invalid", "/scans/0/seq"),
    ],
)
def test_bad_bodies_are_refused_with_a_pointer(body, code, place):
    with pytest.raises(BadInput) as refused:
        decode(body, Upload)
    assert (refused.value.code, refused.value.pointer) == (code, place)


def test_an_escaped_backslash_before_u0000_is_plain_text():
    assert decode(b'{"scans": [{"kind": "\\\\u0000"}]}', Upload).scans[0].kind == "\\u0000"


def test_a_body_that_nests_deeper_than_the_stack_is_refused_and_not_a_failure():
    for nested in (b"[" * 100_000, b'{"a":' * 100_000 + b'"\\u0000"'):
        with pytest.raises(BadInput):
            decode(nested, Any)


@given(st.lists(st.text(min_size=1), max_size=5))
def test_a_pointer_can_be_read_back(steps):
    written = pointer(steps)
    read = [step.replace("~1", "/").replace("~0", "~") for step in written.split("/")[1:]]
    assert read == steps


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(body):
    with suppress(BadInput):
        assert isinstance(decode(body, Upload), Upload)


nul_free = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)))


@given(
    st.recursive(nul_free | st.integers() | st.none(), lambda x: st.lists(x) | st.dictionaries(nul_free, x))
)
def test_text_without_nul_is_left_alone(value):
    assert find_nul(value) is None


def test_a_message_without_a_place_points_to_the_whole():
    assert field_pointer("Expected `object`, got `array`") == ("Expected `object`, got `array`", "")
