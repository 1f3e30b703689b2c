"""Every text of a page has its English, and the catalogue that pages read is the one that people edit."""

import io
import re
import unicodedata
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from postal.registry import PACKAGES
from postal.web.texts import FOLDER, texts_in

ROOT = Path(__file__).parents[2]
PACKAGE_FOLDERS = ("postal", *PACKAGES)
ENGLISH = FOLDER / "en" / "LC_MESSAGES" / "postal.po"
KEYWORDS = {"_": {1: (1,), 2: (1, (2, "c"))}}


def templates():
    return [path for name in PACKAGE_FOLDERS for path in (ROOT / name).glob("**/templates/**/*.html")]


@pytest.fixture(scope="module")
def catalogue():
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def texts_of_templates():
    return {
        (text, context or None)
        for name in PACKAGE_FOLDERS
        for _, _, text, _, context in extract_from_dir(
            ROOT / name, [("**/templates/**.html", "jinja2")], keywords=KEYWORDS
        )
    }


def test_every_text_of_a_page_has_its_english_and_no_english_is_left_over(catalogue):
    kept = {(message.id, message.context) for message in catalogue if message.id}
    assert texts_of_templates() == kept
    assert [message.id for message in catalogue if message.id and not message.string] == []
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_the_pages_read_what_people_edit(catalogue):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert ENGLISH.with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_a_text_is_composed_and_has_no_space_around_it(catalogue):
    for message in catalogue:
        for text in (message.id, message.string):
            assert text == unicodedata.normalize("NFC", text)
            assert not message.id or text == text.strip()


def test_no_template_carries_both_languages_of_a_text_of_ours():
    for path in templates():
        assert not re.search(r"\bt\(\s*[\"']", path.read_text()), path


def test_a_text_with_two_meanings_is_told_apart():
    english = texts_in("en")
    assert (english("Xếp lên"), english("Xếp lên", "load")) == ("Loaded", "Load")
    assert texts_in("vi")("Xếp lên", "load") == "Xếp lên"
