"""Answers are compressed where that is safe and helps, and are the same bytes once opened."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.http.compression import LEAST, with_compression

HTML = [(b"content-type", b"text/html; charset=utf-8")]


async def sent(body, headers=(), *, start=(), parts=1, method="GET", path="/t", status=200):
    out = []

    async def send(message):
        out.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers)}
    compressing = with_compression(scope, send)
    length = [(b"content-length", str(len(body)).encode())]
    given_headers = [*(start or HTML + length)]
    await compressing({"type": "http.response.start", "status": status, "headers": given_headers})
    step = max(1, -(-len(body) // parts))
    pieces = [body[at : at + step] for at in range(0, len(body), step)] or [b""]
    for number, piece in enumerate(pieces, 1):
        await compressing({"type": "http.response.body", "body": piece, "more_body": number < len(pieces)})
    return dict(out[0]["headers"]), b"".join(message.get("body", b"") for message in out[1:]), len(out)


TAKES = (b"accept-encoding", b"br;q=1.0, gzip;q=0.8, *;q=0.1")


@given(st.binary(max_size=3000), st.integers(1, 7))
async def test_what_is_opened_is_what_was_sent(body, parts):
    headers, arrived, _ = await sent(body, [TAKES], parts=parts)
    assert int(headers[b"content-length"]) == len(arrived)
    if headers.get(b"content-encoding") == b"gzip":
        assert len(body) >= LEAST
        assert gzip.decompress(arrived) == body
        assert headers[b"vary"] == b"Accept-Encoding"
    else:
        assert arrived == body


PAGE = b"<p>x</p>" * 200


@pytest.mark.parametrize(
    ("headers", "start", "how", "compressed"),
    [
        ([TAKES], (), {}, True),
        ([(b"accept-encoding", b"gzip")], (), {}, True),
        ([(b"accept-encoding", b"gzip;q=0")], (), {}, False),
        ([(b"accept-encoding", b"gzip;q=0.000, br")], (), {}, False),
        ([], (), {}, False),
        ([TAKES], (), {"method": "HEAD"}, False),
        ([TAKES], (), {"status": 206}, False),
        ([TAKES], [*HTML, (b"content-length", b"1600"), (b"content-encoding", b"br")], {}, False),
        ([TAKES], [(b"content-type", b"text/event-stream")], {}, False),
        ([TAKES], [(b"content-type", b"text/event-stream"), (b"content-length", b"1600")], {}, False),
        ([TAKES], HTML, {}, False),  # a stream of unknown length is never held back
        ([TAKES], [(b"content-type", b"application/pdf"), (b"content-length", b"1600")], {}, False),
        ([TAKES, (b"cookie", b"postal_session=a"), (b"sec-fetch-site", b"cross-site")], (), {}, False),
        ([TAKES, (b"cookie", b"postal_session=a"), (b"sec-fetch-site", b"same-origin")], (), {}, True),
        ([TAKES, (b"cookie", b"lang=en"), (b"sec-fetch-site", b"cross-site")], (), {}, True),
    ],
)
async def test_what_is_compressed_and_what_is_not(headers, start, how, compressed):
    answered, body, messages = await sent(PAGE, headers, start=start, parts=3, **how)
    assert (answered.get(b"content-encoding") == b"gzip") is compressed
    assert gzip.decompress(body) == PAGE if compressed else body == PAGE
    assert messages == (2 if compressed else 4)
