"""The quick way to the canonical form gives the bytes of RFC 8785, whatever a body holds."""

import unicodedata
from datetime import UTC, datetime
from uuid import UUID

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import Content, Stream, canonical

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    TEXT | NUMBER | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
INSTANT = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def normal(value):
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {normal(key): normal(item) for key, item in value.items()}
    return [normal(item) for item in value] if isinstance(value, list) else value


@given(st.dictionaries(TEXT, VALUE, max_size=4), TEXT, INSTANT)
def test_content_is_serialised_as_rfc_8785_says(body, code, at):
    content = Content(
        id=UUID("019aa7d2-4f00-7000-8000-000000000001"),
        stream=Stream.SCAN,
        kind="receive",
        code=code,
        occurred_at=at,
        body=body,
        subjects=(code,),
    )
    fields = {
        "id": str(content.id),
        "stream": 1,
        "kind": "receive",
        "code": normal(code),
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "subjects": [normal(code)],
    }
    assert canonical(content) == rfc8785.dumps(fields | ({"body": normal(body)} if body else {}))
