"""A handover that is scanned: each code of the list matched or missing, each other one extra, in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from manifests.desks.rules.scanning import judged, split
from shipments.pieces.rules import s10

ITEMS = [s10("DH", 10_000_000 + 137 * number) for number in range(12)]
LISTED = st.lists(st.sampled_from(ITEMS), unique=True, max_size=8)
READ = st.lists(st.sampled_from([*ITEMS, "DH123456784VN", "hà nội", "BK-261123-K7M2QX"]), max_size=20)


@given(LISTED, READ, st.sets(st.sampled_from(ITEMS)))
def test_matched_missing_and_extra_share_nothing_and_lose_nothing(listed, read, damaged):
    found = judged(listed, read, damaged)
    assert sorted(found.matched + found.missing) == sorted(listed)
    assert sorted(found.matched + found.extra) == sorted(found.codes)
    assert set(found.codes) == set(read) & set(ITEMS)
    assert set(found.damaged) == set(found.codes) & damaged
    assert {each.raw for each in found.bad} == set(read) & {"DH123456784VN", "hà nội"}
    assert len(found.codes) + found.repeated == sum(each in ITEMS for each in read)


@given(LISTED, READ, st.randoms())
def test_the_order_of_scans_changes_no_class(listed, read, random):
    shuffled = random.sample(read, len(read))
    one, other = judged(listed, read), judged(listed, shuffled)
    assert (one.matched, one.missing, set(one.extra)) == (other.matched, other.missing, set(other.extra))


@given(
    st.lists(st.sampled_from(ITEMS), max_size=9), st.sampled_from(["\r", "\n", "\r\n", "\t", " ", ",", "; "])
)
def test_any_terminator_parts_codes(codes, end):
    assert split("".join(code + end for code in codes)) == codes


def test_the_prefix_of_a_scanner_is_no_part_of_a_code():
    assert split(f"]C1{ITEMS[0]}\n]Q3{ITEMS[1]}\x1d\n") == ITEMS[:2]


def test_a_misread_code_names_what_it_may_have_been():
    (wrong,) = judged(ITEMS[:3], [ITEMS[1].lower()]).bad
    assert wrong.candidates[0] == ITEMS[1]
