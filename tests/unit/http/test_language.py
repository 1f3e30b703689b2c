"""Which language an answer is written in."""

import pytest

from postal.http.language import accepted, page_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "vi"),
        ("vi", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en;q=0.5, vi;q=0.4", "en"),
        ("vi;q=0.5, en;q=0.5", "vi"),
        ("fr, de;q=0.5", "vi"),
        ("*", "vi"),
        ("en;q=0", "vi"),
        ("*;q=0.9, en;q=0.8", "vi"),
        (";;;,,q=,en;q=x", "vi"),
    ],
)
def test_the_header_is_weighed_and_vietnamese_wins_a_tie(header, language):
    assert accepted(header) == language


@pytest.mark.parametrize(
    ("query", "cookie", "language"),
    [
        (b"", b"", "vi"),
        (b"lang=en", b"", "en"),
        (b"lang=en", b"postal_lang=vi", "en"),
        (b"", b"a=b; postal_lang=en", "en"),
        (b"lang=xx", b"postal_lang=en", "en"),
        (b"lang=en&lang=vi", b"", "vi"),
    ],
)
def test_a_page_follows_the_choice_and_not_the_language_of_the_device(query, cookie, language):
    headers = [(b"accept-language", b"en"), (b"cookie", cookie)]
    assert page_language({"query_string": query, "headers": headers}) == language
