"""Data becomes paper, and never markup."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.errors import Unavailable, Unprocessable
from postal.printing import press
from postal.printing.text import printable, printable_data
from postal.printing.typesetting import pdf, pictures
from tests.factories.documents import claims, holds, text_of

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LAYOUT = b"""#import "form.typ": *
#show: setup
#for line in data.lines [#line \\ ]
"""
VIETNAMESE = "ĂÂĐÊÔƠƯăâđêôơư" + "".join(
    unicodedata.normalize("NFC", letter + mark)
    for letter in "AĂÂEÊIOÔƠUƯYaăâeêioôơuưy"
    for mark in "\u0300\u0301\u0303\u0309\u0323"
)


def data(*lines):
    return {"title": "Thử", "author": "BC-1", "footer": "", "words": {}, "lines": list(lines)}


def printed(*lines):
    return text_of(pdf(LAYOUT, data(*lines), AT))


@pytest.mark.parametrize(
    "name",
    [
        "#panic()",
        '#read("/etc/passwd")',
        '#import "@preview/x:1.0.0"',
        "$x^2$",
        "*đậm* _nghiêng_",
        "@nhãn <nhãn>",
        "\\ \\u{41} // ghi chú /* */",
        "= Tiêu đề",
        "- mục, + mục, / từ: nghĩa",
        "`mã` ```typ #panic()```",
        "https://example.vn/a?b=c#d",
        "'đơn' \"kép\" -- --- ... ~ -?",
        "{{data}} [a] {b} ]#",
        "</script>&amp;%s{0}",
    ],
)
def test_markup_is_text(name):
    assert holds(printed(name), name)


def test_every_vietnamese_letter_is_there_and_composed():
    assert holds(printed(VIETNAMESE), VIETNAMESE)
    assert holds(printed(unicodedata.normalize("NFD", VIETNAMESE)), VIETNAMESE)
    assert len(set(VIETNAMESE)) == 134


@given(
    st.lists(st.text(st.sampled_from(VIETNAMESE + "abcxyz #$*@\\_`<>[]{}=-/'\"0123456789.,"), max_size=40))
)
def test_what_is_extracted_is_what_went_in(lines):
    extracted = printed(*lines)
    assert all(holds(extracted, line) for line in lines)


@pytest.mark.parametrize("name", ["Nguyễn 中 An", "😀", "กขค"])
def test_a_sign_without_a_glyph_is_refused_by_name(name):
    with pytest.raises(Unprocessable) as caught:
        pdf(LAYOUT, data(name), AT)
    assert caught.value.code == "print.glyph_missing"
    assert all(sign in {f"U+{ord(one):04X}" for one in name} for sign in caught.value.extra["signs"])


def test_signs_that_hide_or_turn_the_text_are_left_out():
    assert printable("An\u202e\u2066 Bình\u200b\x00\x07\n\tChi\ud800") == "An Bình Chi"
    assert printable("Ươ\u0301ng") == "Ướng"
    assert printable_data({"a": ["x\u200f", ("y ", 1)], "b": None}) == {"a": ["x", ["y", 1]], "b": None}


def test_a_document_claims_an_archive_copy_and_is_the_same_whenever_it_is_made():
    made = pdf(LAYOUT, data("Nguyễn Thị Ưởng"), AT)
    assert all(claims(made).values()), claims(made)
    assert pdf(LAYOUT, data("Nguyễn Thị Ưởng"), AT) == made
    assert pdf(LAYOUT, data("Nguyễn Thị Ưởng"), AT.replace(hour=2)) != made
    assert b"D:20261123010000" in made


def test_the_compiler_does_not_stand_where_the_process_does(tmp_path, monkeypatch):
    place = tmp_path / "gone"
    place.mkdir()
    (place / "secret.txt").write_text("bí mật")
    monkeypatch.chdir(place)
    with pytest.raises(RuntimeError, match="not found"):
        pdf(b'#import "form.typ": *\n#read("secret.txt")', data(), AT)
    (place / "secret.txt").unlink()
    place.rmdir()
    assert claims(pdf(LAYOUT, data(), AT))["PDF/A-2"]


def test_pages_are_drawn_in_the_dots_of_a_label_printer():
    layout = b'#import "form.typ": *\n#show: setup.with(paper: "a6", numbered: false)\n#pagebreak()'
    assert len(pictures(layout, data())) == 2


async def test_the_press_takes_no_more_than_it_can_hold(monkeypatch):
    assert await press.printed(lambda: 1) == 1
    monkeypatch.setattr(press, "WAITING", 0)
    with pytest.raises(Unavailable) as caught:
        await press.printed(lambda: 1)
    assert caught.value.code == "print.busy"
