"""What the tree proves, the standalone verifier finds proven, and nothing else; it shares no code with the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.proof import standalone
from postal.proof.rules.tree import (
    TILE_HEIGHT,
    Frontier,
    Subtree,
    consistency_ranges,
    folded,
    hashes_of,
    inclusion_ranges,
    leaf_hash,
    needed,
    node_hash,
    parts,
    root_of,
)

MOST = 600
LEAVES = [leaf_hash(b"%d" % number) for number in range(MOST)]
sizes = st.integers(1, MOST) | st.integers(250, 260) | st.integers(1, 20)


def by_definition(leaves):
    """The root as RFC 9162 defines it, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def complete(part: Subtree) -> bytes:
    return folded(LEAVES[part.index << part.height : (part.index + 1) << part.height])


@given(sizes)
def test_roots_are_what_the_definition_says(size):
    leaves = LEAVES[:size]
    assert root_of(leaves) == standalone.root_of(leaves) == by_definition(leaves)
    assert hashes_of([(0, size)], complete) == [by_definition(leaves)]


@given(st.lists(st.binary(max_size=40), max_size=40))
def test_roots_hold_for_any_entries(entries):
    leaves = [leaf_hash(entry) for entry in entries]
    assert leaves == [standalone.leaf_hash(entry) for entry in entries]
    assert root_of(leaves) == standalone.root_of(leaves)


@given(sizes, st.data())
def test_a_proof_of_inclusion_holds_for_its_leaf_and_place_alone(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = hashes_of(inclusion_ranges(index, size), complete)
    root = root_of(LEAVES[:size])
    assert standalone.is_included(LEAVES[index], index, size, path, root)
    other = data.draw(st.integers(0, size - 1))
    assert standalone.is_included(LEAVES[index], other, size, path, root) is (other == index)
    assert not standalone.is_included(leaf_hash(b"another"), index, size, path, root)
    assert not standalone.is_included(LEAVES[index], index, size, [*path, root], root)
    assert not path or not standalone.is_included(LEAVES[index], index, size, path[1:], root)


@given(sizes, sizes)
def test_a_proof_of_consistency_holds_for_its_two_trees_alone(one, another):
    old, new = sorted((one, another))
    path = hashes_of(consistency_ranges(old, new), complete)
    old_root, new_root = root_of(LEAVES[:old]), root_of(LEAVES[:new])
    assert standalone.is_consistent(old, old_root, new, new_root, path)
    changed = root_of([*LEAVES[: old - 1], leaf_hash(b"changed")])
    assert not standalone.is_consistent(old, changed, new, new_root, path)
    if old < new:
        assert not standalone.is_consistent(old, old_root, new, root_of(LEAVES[1 : new + 1]), path)
        assert not standalone.is_consistent(old, old_root, new, new_root, path[:-1])


@given(sizes, st.data())
def test_a_history_that_was_rewritten_has_no_proof(new, data):
    old = data.draw(st.integers(1, new))
    at = data.draw(st.integers(0, old - 1))
    rewritten = [*LEAVES[:at], leaf_hash(b"rewritten"), *LEAVES[at + 1 : new]]

    def lied(part):
        return folded(rewritten[part.index << part.height : (part.index + 1) << part.height])

    path = hashes_of(consistency_ranges(old, new), lied)
    kept = root_of(LEAVES[:old])
    assert not standalone.is_consistent(old, kept, new, root_of(rewritten), path)


@given(sizes, sizes)
def test_a_tree_goes_on_from_its_complete_subtrees(start, more):
    start, end = min(start, more), max(start, more)
    frontier = Frontier(start, [complete(part) for part in parts((0, start))])
    stored = [each for leaf in LEAVES[start:end] for each in frontier.append(leaf)]
    assert frontier.root() == root_of(LEAVES[:end])
    assert [part.height % TILE_HEIGHT for part, _ in stored] == [0] * len(stored)
    assert all(known == complete(part) for part, known in stored)
    assert len(stored) == (end >> TILE_HEIGHT) - (start >> TILE_HEIGHT)


@pytest.mark.parametrize("size", [1 << 40, (1 << 40) - 1, 266_000_000 * 30 + 12_345])
def test_a_proof_in_a_tree_of_many_years_needs_few_subtrees(size):
    for wanted in (inclusion_ranges(size // 3, size), consistency_ranges(size // 3, size)):
        assert len(wanted) <= 80
        assert len(needed(wanted)) <= 200
