"""Laws of swaps: what one manifest misses is what came too much on another, whoever looks and in whatever order."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from manifests.discrepancies.rules import Discrepancy, Home, Standing, as_seen, swaps_among
from tests.factories.manifests import GIVER, at

PIECES, MANIFESTS = ("A", "B", "C"), ("BK-1", "BK-2", "BK-3")
KINDS = (
    ("missing", "unseen"),
    ("misrouted", "third_party"),
    ("misrouted", "other_manifest"),
    ("extra", "not_listed"),
    ("damaged", "opened"),
)


def case(number, piece, manifest, line_class, reason, *, minute=0, state=Standing.OPEN):
    return Discrepancy(
        id=UUID(int=number),
        manifest=manifest,
        piece=piece,
        line_class=line_class,
        reason=reason,
        owner=GIVER,
        state=state,
        opened_at=at(minute),
        deadline=at(minute) + timedelta(days=3),
        resolution=None,
        resolved_at=None,
        resolved_by=None,
        reopened=0,
    )


@st.composite
def worlds(draw):
    """At most one case for a piece and manifest, as there are."""
    told = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(PIECES), st.sampled_from(MANIFESTS)),
            st.tuples(st.sampled_from(KINDS), st.integers(0, 3), st.sampled_from((*Standing, Standing.OPEN))),
            max_size=9,
        )
    )
    return [
        case(number, piece, manifest, *kind, minute=minute, state=state)
        for number, ((piece, manifest), (kind, minute, state)) in enumerate(told.items(), 1)
    ]


homes = st.dictionaries(
    st.sampled_from(PIECES), st.lists(st.sampled_from(MANIFESTS), max_size=2, unique=True), max_size=3
).map(
    lambda drawn: {
        piece: [Home(piece=piece, manifest=manifest) for manifest in listed]
        for piece, listed in drawn.items()
    }
)


@given(worlds(), homes, st.randoms(use_true_random=False))
def test_swaps_do_not_depend_on_the_order_of_cases(cases, listed, random):
    shuffled = list(cases)
    random.shuffle(shuffled)
    assert swaps_among(shuffled, listed) == swaps_among(cases, listed)


@given(worlds(), homes)
def test_a_swap_holds_open_cases_of_two_manifests_each_in_one_swap_only(cases, listed):
    known = {one.id: one for one in cases}
    swaps = swaps_among(cases, listed)
    settled = [one for swap in swaps for one in swap.cases]
    assert len(settled) == len(set(settled))
    for swap in swaps:
        assert len(swap.manifests) == 2
        assert swap.id in swap.cases
        assert swap.mutual == (len({crossing.listed_on for crossing in swap.crossings}) == 2)
        for crossing in swap.crossings:
            assert {crossing.listed_on, crossing.found_on} == set(swap.manifests)
            extra = known[crossing.extra]
            assert (extra.piece, extra.manifest, extra.state) == (
                crossing.piece,
                crossing.found_on,
                Standing.OPEN,
            )
            assert extra.line_class in {"extra", "misrouted"}
            if crossing.missing is not None:
                missing = known[crossing.missing]
                assert (missing.piece, missing.manifest) == (crossing.piece, crossing.listed_on)
                assert (missing.line_class, missing.reason) in {
                    ("missing", "unseen"),
                    ("misrouted", "third_party"),
                }


@given(worlds())
def test_a_missing_piece_that_came_elsewhere_is_always_part_of_a_swap(cases):
    swapped = {one for swap in swaps_among(cases, {}) for one in swap.cases}
    open_cases = [one for one in cases if one.state is Standing.OPEN]
    for piece in PIECES:
        own = [one for one in open_cases if one.piece == piece]
        found = [
            one for one in own if one.line_class in {"extra", "misrouted"} and one.reason != "third_party"
        ]
        if not found:
            assert not swapped & {one.id for one in own}
            continue
        last = max(found, key=lambda one: (one.opened_at, one.id))
        lost = [
            one for one in own if one.reason in {"unseen", "third_party"} and one.manifest != last.manifest
        ]
        assert (last.id in swapped) == bool(lost)


@given(worlds(), homes, st.sets(st.integers(1, 9)), st.sets(st.sampled_from(MANIFESTS)))
def test_nobody_is_shown_more_of_a_swap_than_the_own_cases_and_manifests(cases, listed, mine, parties):
    visible = {UUID(int=number) for number in mine}
    for swap in swaps_among(cases, listed):
        seen = as_seen(swap, visible, parties)
        if seen is None:
            assert not visible & set(swap.cases)
            continue
        assert set(seen.cases) == visible & set(swap.cases)
        assert set(seen.manifests) <= parties
        named = {
            code for crossing in seen.crossings for code in (crossing.listed_on, crossing.found_on) if code
        }
        assert named <= parties
        assert seen.yours == (set(swap.cases) <= visible and set(swap.manifests) <= parties)


def test_two_exchanged_envelopes_are_one_swap():
    cases = [
        case(1, "A", "BK-1", "missing", "unseen"),
        case(2, "A", "BK-2", "misrouted", "other_manifest"),
        case(3, "B", "BK-2", "missing", "unseen"),
        case(4, "B", "BK-1", "misrouted", "other_manifest"),
    ]
    [swap] = swaps_among(cases, {})
    assert (swap.mutual, [one.int for one in swap.cases]) == (True, [1, 2, 3, 4])


def test_a_piece_received_under_the_wrong_list_is_at_home_on_its_own():
    [swap] = swaps_among(
        [case(1, "A", "BK-2", "misrouted", "other_manifest")],
        {"A": [Home(piece="A", manifest="BK-1", bag="TUI-1")]},
    )
    [crossing] = swap.crossings
    assert (crossing.listed_on, crossing.missing, crossing.bag) == ("BK-1", None, "TUI-1")
