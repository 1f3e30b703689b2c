"""Whether the ledger is still what the log says: every leaf computed anew, and compared with what was kept.

Found: a row that was changed, deleted, added or moved, where a checkpoint covers it that somebody else kept, whatever
was changed in the database together with it; the row is named where hashes of leaves were kept, in the database or
outside. Not found: what no kept checkpoint covers, what was untrue when it was entered, and a whole log with its
checkpoints and keys that was made anew while nobody kept anything.
"""

from collections.abc import AsyncIterator, Callable, Sequence

from msgspec import Struct

from postal.errors import Unprocessable
from postal.ledger.positions import Place, Placed, rows_behind
from postal.ledger.verification import Verification, verify
from postal.proof import repository, standalone
from postal.proof.rules.entries import entry
from postal.proof.rules.tree import Frontier, leaf_hash

CHUNK = 2_000
NAMED = 1_000

Progress = Callable[[int, int], None]


class Kept(Struct, frozen=True):
    """A state of the log that somebody kept: its size and root, with its leaves if those were kept too."""

    size: int
    root: bytes
    leaves: tuple[bytes, ...] = ()


class LogVerification(Struct, frozen=True, kw_only=True):
    """What was compared, and what differs.

    `covered` rows are in the log, `waiting` not yet. `broken` are sizes of checkpoints to which the rows lead no more.
    `changed` are ids of rows that are not what they were, `moved` of those in another place, `gone` the numbers of
    leaves that no row has any more; each up to 1,000. `unsigned` says that the newest checkpoint was not signed so.
    """

    rows: int
    covered: int
    waiting: int
    broken: tuple[int, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    gone: tuple[int, ...] = ()
    unsigned: bool = False

    @property
    def is_well(self) -> bool:
        """Tell whether nothing differs."""
        return not (self.broken or self.changed or self.moved or self.gone or self.unsigned)


class Found(Struct, frozen=True):
    """What verifying came to: of the rows by themselves, and of the log."""

    ledger: Verification
    log: LogVerification

    @property
    def is_well(self) -> bool:
        """Tell whether nothing was wrong."""
        return self.ledger.is_well and self.log.is_well


class _Walk:
    """One way through the ledger, in the order of the log."""

    def __init__(self, roots: dict[int, set[bytes]]) -> None:
        self._roots = roots
        self._frontier = Frontier()
        self.nodes: set[tuple[int, int, bytes]] = set()
        self.broken: set[int] = set()
        self.same = True
        self._compare()

    def step(self, leaf: bytes, stored: bytes | None) -> None:
        for part, known in self._frontier.append(leaf):
            self.nodes.add((part.height, part.index, known))
        self.same = self.same and leaf == stored
        self._compare()

    def end(self) -> None:
        self.broken |= {size for size in self._roots if size > self._frontier.size}

    def _compare(self) -> None:
        wanted = self._roots.get(self._frontier.size)
        if wanted is not None and wanted != {self._frontier.root()}:
            self.broken.add(self._frontier.size)


async def entries() -> AsyncIterator[tuple[Placed, bytes]]:
    """Give every row in the order of the log, with what its leaf holds."""
    place = Place()
    while rows := await rows_behind(place, CHUNK):
        for each in rows:
            yield each, entry(each.row, disputed=each.disputed)
        place = rows[-1].place


async def verify_log(
    kept: Sequence[Kept] = (), progress: Progress = lambda _done, _total: None
) -> LogVerification:
    """Compute the log anew from the ledger; compare it with the database's own and with what was kept outside."""
    size, _ = await repository.end()
    roots: dict[int, set[bytes]] = {}
    for at, root in [*await repository.roots(), *((each.size, each.root) for each in kept)]:
        roots.setdefault(at, set()).add(root)
    longest = max(size, *roots, 0)
    walk, rows, done = _Walk(roots), 0, 0
    stored = repository.stored_leaves()
    async for _, text in entries():
        rows += 1
        if done < longest:
            walk.step(leaf_hash(text), await anext(stored, None))
            done += 1
        if rows % CHUNK == 0:
            progress(rows, max(rows, size))
    walk.end()
    told = LogVerification(
        rows=rows,
        covered=done,
        waiting=rows - done,
        broken=tuple(sorted(walk.broken)),
        unsigned=not await _newest_is_signed(),
    )
    same_store = walk.same and await anext(stored, None) is None and walk.nodes == await repository.nodes()
    if same_store and not walk.broken:
        return told
    return await _named(told, kept, done)


async def _named(told: LogVerification, kept: Sequence[Kept], covered: int) -> LogVerification:
    """Name what differs from the leaves that were kept, those of the database among them."""
    references = [[leaf async for leaf in repository.stored_leaves()]]
    references += [list(each.leaves) for each in kept if each.leaves]
    ours: list[tuple[bytes, str]] = []
    async for placed, text in entries():
        if len(ours) == covered:
            break
        ours.append((leaf_hash(text), str(placed.row.content.id)))
    present = {leaf for leaf, _ in ours}
    changed, moved, gone = dict[str, None](), dict[str, None](), set[int]()
    for reference in references:
        known = set(reference)
        changed |= {name: None for leaf, name in ours[: len(reference)] if leaf not in known}
        gone |= {at for at, leaf in enumerate(reference) if leaf not in present}
        if known == {leaf for leaf, _ in ours[: len(reference)]}:
            moved |= {name: None for (leaf, name), was in zip(ours, reference, strict=False) if leaf != was}
    # The store alone was changed where its rows still lead to every root.
    return LogVerification(
        rows=told.rows,
        covered=told.covered,
        waiting=told.waiting,
        broken=told.broken or (0,),
        changed=tuple(changed)[:NAMED],
        moved=tuple(moved)[:NAMED],
        gone=tuple(sorted(gone))[:NAMED],
        unsigned=told.unsigned,
    )


async def verify_all(
    checkpoint: str | None = None,
    leaves: str | None = None,
    keys: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Found:
    """Verify the ledger against its hashes, and the log against what somebody kept, given as texts.

    Raises:
        Unprocessable: What was kept cannot be read, or was signed by somebody else.
    """
    kept = []
    if checkpoint is not None:
        try:
            known = standalone.keys_of(keys) if keys is not None else await known_keys()
            state = standalone.checkpoint_of(checkpoint, known)
        except standalone.Wrong as wrong:
            vi, en = standalone.SENTENCES[wrong.code]
            raise Unprocessable(wrong.code, vi=vi, en=en) from wrong
        hashes = tuple(bytes.fromhex(line.split()[-1]) for line in (leaves or "").splitlines())
        kept = [Kept(state.size, state.root, hashes[: state.size])]
    return Found(ledger=await verify(progress), log=await verify_log(kept, progress))


async def known_keys() -> list[standalone.Key]:
    """List the public keys of this database, as the standalone program takes them."""
    return [
        standalone.Key(
            each.name,
            each.role,
            each.public_key,
            each.valid_from.isoformat(),
            each.valid_to.isoformat() if each.valid_to else None,
        )
        for each in await repository.keys()
    ]


async def _newest_is_signed() -> bool:
    newest = await repository.newest()
    if newest is None:
        return True
    known = await known_keys()
    try:
        signed = standalone.checkpoint_of(newest.note, known)
    except standalone.Wrong:
        return False
    return (signed.size, signed.root) == (newest.size, newest.root)
