"""Merkle trees by RFC 9162, 2.1: hashes of leaves and nodes, roots, proofs of inclusion and of consistency.

A tree of n leaves falls into complete subtrees, named by their height and their number among those of that height.
What is stored are leaves, and the hash of every complete subtree whose height is a multiple of eight; all others are
computed from at most 256 of these. Proofs are lists of ranges of leaves first, so that one reading gets all they need.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

TILE_HEIGHT = 8
TILE = 1 << TILE_HEIGHT
"""Leaves below one stored node, and nodes below the next higher one."""

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Range = tuple[int, int]
"""Leaves from the first up to, and not including, the second."""


class Subtree(Struct, frozen=True, order=True):
    """A complete subtree: `1 << height` leaves, the one with number `index` of its height."""

    height: int
    index: int


NodeHash = Callable[[Subtree], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Hash what a leaf holds."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The complete subtrees of a tree, largest first: all that appending needs to know."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Take up a tree of some size, with the hashes of `parts((0, size))` in order."""
        self.size = size
        self._parts = [(part.height, known) for part, known in zip(parts((0, size)), hashes, strict=True)]

    def append(self, leaf: bytes) -> list[tuple[Subtree, bytes]]:
        """Append the hash of a leaf; gives the subtrees of stored heights that it completes."""
        self.size += 1
        height, whole, completed = 0, leaf, []
        while self._parts and self._parts[-1][0] == height:
            whole = node_hash(self._parts.pop()[1], whole)
            height += 1
            if height % TILE_HEIGHT == 0:
                completed.append((Subtree(height, (self.size >> height) - 1), whole))
        self._parts.append((height, whole))
        return completed

    def root(self) -> bytes:
        """Give the root of the tree as it stands."""
        return _joined([known for _, known in self._parts]) if self._parts else EMPTY_ROOT


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Give the root over hashes of leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def parts(wanted: Range) -> Iterator[Subtree]:
    """Cut a range into complete subtrees, from left to right; it begins where a tree that holds it may begin."""
    start, end = wanted
    while start < end:
        height = (end - start).bit_length() - 1
        yield Subtree(height, start >> height)
        start += 1 << height


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Give the ranges whose roots prove that a leaf is in a tree, from the leaf upwards (RFC 9162, 2.1.3.1)."""
    found: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Give the ranges whose roots prove that a tree grew out of an older one (RFC 9162, 2.1.4.1)."""
    if not 0 < old < new:
        return []
    found: list[Range] = []
    start, end, whole = 0, new, True
    while old != end - start:
        split = _split(end - start)
        if old <= split:
            found.append((start + split, end))
            end = start + split
        else:
            found.append((start, start + split))
            start, old, whole = start + split, old - split, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def needed(ranges: Iterable[Range]) -> list[Subtree]:
    """List the complete subtrees that some ranges are made of."""
    return [part for one in ranges for part in parts(one)]


def hashes_of(ranges: Iterable[Range], node: NodeHash) -> list[bytes]:
    """Give the root over each range, from complete subtrees."""
    return [_joined([node(part) for part in parts(one)]) for one in ranges]


def folded(hashes: Sequence[bytes]) -> bytes:
    """Give the root of a complete subtree from all hashes of one height below it."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[at], level[at + 1]) for at in range(0, len(level), 2)]
    return level[0]


def _split(size: int) -> int:
    """Give the largest power of two that is smaller than a size."""
    return 1 << (size - 1).bit_length() - 1


def _joined(hashes: Sequence[bytes]) -> bytes:
    whole = hashes[-1]
    for left in reversed(hashes[:-1]):
        whole = node_hash(left, whole)
    return whole
