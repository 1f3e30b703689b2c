import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.network.rules import SuccessionCycle, heir, local_day, search_key, start_of, successors
from postal.network.units import shipped_units
from tests.factories.network import an_organisation

codes = st.sampled_from("ABCDEFGH")


@given(st.dictionaries(codes, codes), codes)
def test_a_succession_ends_or_is_a_circle(links, code):
    try:
        chain = successors(code, links)
    except SuccessionCycle:
        walked, here = [], code
        while here in links and here not in walked:
            walked.append(here)
            here = links[here]
        assert here in walked
        return
    assert len(set(chain)) == len(chain)
    assert code not in chain
    assert heir(code, links) not in links
    for before, after in zip((code, *chain), chain, strict=False):
        assert links[before] == after


def test_validity_ends_before_its_end():
    office = an_organisation("A", valid_from=date(2025, 7, 1), valid_to=date(2026, 1, 1))
    assert not office.exists_on(date(2025, 6, 30))
    assert office.exists_on(date(2025, 7, 1))
    assert office.exists_on(date(2025, 12, 31))
    assert not office.exists_on(date(2026, 1, 1))


def test_a_day_is_a_vietnamese_day():
    assert local_day(datetime(2025, 6, 30, 17, 0, tzinfo=UTC)) == date(2025, 7, 1)
    assert start_of(date(2025, 7, 1)) == datetime(2025, 6, 30, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đắk Lắk", "dak lak"),
        ("Thành phố  Hồ Chí Minh", "thanh pho ho chi minh"),
        ("Xã Ea H'leo", "xa ea h leo"),
        ("Thừa Thiên – Huế", "thua thien hue"),
        ("HOÀ BÌNH", "hoa binh"),
        ("hòa bình", "hoa binh"),
    ],
)
def test_names_are_found_without_diacritics(text, key):
    assert search_key(text) == key
    assert search_key(unicodedata.normalize("NFD", text)) == key


@given(st.text())
def test_a_search_key_is_its_own_key(text):
    assert search_key(search_key(text)) == search_key(text)


def test_the_shipped_list_is_the_official_one():
    units = shipped_units()
    provinces = {unit.code for unit in units if unit.province_code is None}
    communes = [unit for unit in units if unit.province_code is not None]
    assert len(provinces) == 34
    assert len(communes) == 3321
    assert {unit.province_code for unit in communes} == provinces
    assert len({unit.code for unit in units}) == 34 + 3321
    assert {unit.valid_from for unit in units} == {date(2025, 7, 1)}
    assert all("202/2025/QH15" in unit.citation and "," not in unit.name for unit in units)
    assert all(unicodedata.is_normalized("NFC", unit.name) for unit in units)
