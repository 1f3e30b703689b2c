"""What is typed to find somebody comes to one key, whatever the keyboard, the form of Unicode and the tones' places."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from shipments.dossiers.rules.searching import asked_of

VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
LETTERS = VOWELS + VOWELS.upper() + "bcdđghklmnpqrstvxĐBCDGHKLMNPQRSTVX"
WORDS = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=7), min_size=1, max_size=5)


def bare(text: str) -> str:
    stripped = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in stripped if not unicodedata.combining(sign))


@given(WORDS, st.sampled_from(["NFC", "NFD"]), st.sampled_from([" ", "  ", " - ", "\t"]))
def test_every_spelling_of_a_name_asks_for_the_same(words, form, gap):
    name = " ".join(words)
    asked = asked_of(name)
    for spelt in (gap.join(words), name.upper(), name.lower(), bare(name)):
        assert asked_of(unicodedata.normalize(form, spelt)).key == asked.key
    assert asked.key is None or (asked.key.isascii() and not set(asked.key) & set("%_\\"))


@given(st.sampled_from(["hoà hòa", "Thuỷ Thủy", "khoẻ khỏe", "quý qúy"]))
def test_old_and_new_places_of_a_tone_are_one(pair):
    old, new = pair.split()
    assert asked_of(old).key == asked_of(new).key


@given(st.text(max_size=80))
def test_no_text_breaks_a_search(text):
    asked = asked_of(text)
    assert len(asked.typed) <= 200
    assert asked.code is None or asked.key is None


def test_a_code_is_taken_for_one_with_spaces_small_letters_or_an_input_method_on():
    for typed in ("H57.01-20261123-0001234", "h57.01-20261123-0001234", " H57.01-20261123 -0001234 "):
        assert asked_of(typed).code == "H57.01-20261123-0001234"
    assert asked_of("ĐH123456785VN").code == "DH123456785VN"
    assert asked_of("1234").code == "1234"
    assert asked_of("12_4%").code is None
