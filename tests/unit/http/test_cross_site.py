"""Requests that another site's page makes a browser send."""

import pytest
from litestar.datastructures import Headers

from postal.http.cross_site import is_foreign


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://post.vn", "host": "post.vn"}, True),
        ({"origin": "https://post.vn", "host": "post.vn"}, False),
        ({"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"}, False),
        ({"origin": "http://127.0.0.1:9000", "host": "127.0.0.1:8000"}, True),
        ({"origin": "https://evil.vn", "host": "post.vn"}, True),
        ({"origin": "null", "host": "post.vn"}, True),
        ({"origin": "https://evil.vn", "host": "post.vn", "authorization": "Bearer k"}, False),
        ({"origin": "https://evil.vn", "host": "post.vn", "authorization": "Basic k"}, True),
    ],
)
def test_the_initiator_decides(headers, foreign):
    assert is_foreign(Headers(headers)) is foreign
