"""Whoever follows the feed sees every row that was committed, once, in one order, whenever its writer commits.

Writers take their transactions and ids in one order and commit in another, or give up; in between they stand still
until the test lets one go on. Readers read all the while, some of them
with filters, and one with a filter that changes. Each seed is one such story on the real server.
"""

import asyncio
import os
import random
from datetime import timedelta

import pytest
from msgspec.structs import replace

from integrations.feed.rules import EVERYTHING, Wanted
from integrations.feed.rules import START as FIRST
from postal import db
from postal.ledger.positions import HeldBack, held_back
from postal.ledger.rules import Stream, content_hash
from postal.ledger.service import authored, record
from shipments.pieces.rules import PieceKind, Registration, s10
from shipments.pieces.service import register_pieces
from tests.conftest import START
from tests.factories.feed import INSPECTOR, Reader, reader_of
from tests.factories.pieces import a_scan

SEEDS = 60 if os.environ.get("POSTAL_TEST_PROFILE") == "full" else 8
WRITERS = 5
STEPS = 60
OURS, THEIRS = "BC-1", "BC-9"
SHARED = s10("DH", 77_777_777)


class GivenUpError(Exception):
    """A writer that changed its mind."""


@pytest.fixture
async def database(shared_database, clean, clock):
    """Let as many writers stand in an open transaction as the stories have, and the readers besides."""
    await clean()
    patient = replace(
        shared_database,
        pool_max=WRITERS + 4,
        connect_timeout_s=30.0,
        lock_timeout_ms=60_000,
        statement_timeout_ms=60_000,
    )
    await db.start(patient)
    yield shared_database
    await db.stop()


class Writer:
    """One transaction of one writer: it begins, writes, stands still, and ends one way or the other."""

    def __init__(self, rows, *, begins_early, kept):
        self.rows, self.begins_early, self.kept = rows, begins_early, kept
        self.begun, self.may_write, self.written, self.may_end = (asyncio.Event() for _ in range(4))
        self.task = asyncio.create_task(self.run())

    async def run(self):
        try:
            async with db.unit_of_work():
                if self.begins_early:
                    # Its place in the order is taken long before its rows have their ids.
                    await db.fetch_value("SELECT pg_current_xact_id()")
                self.begun.set()
                await self.may_write.wait()
                await record(self.rows)
                self.written.set()
                await self.may_end.wait()
                if not self.kept:
                    raise GivenUpError
        except GivenUpError:
            pass

    async def reach(self, event):
        """Wait until it has come so far; raises what stopped it."""
        waiting = asyncio.create_task(event.wait())
        try:
            await asyncio.wait({waiting, self.task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self.task.done():
            self.task.result()

    async def end(self):
        self.may_write.set()
        self.may_end.set()
        await self.task

    @property
    def is_blocked(self):
        return self.may_write.is_set() and not self.written.is_set()


class Story:
    """Chooses who goes on next, and knows what must be read in the end."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.serial = seed * 1_000
        self.open = []
        self.committed = []  # (id, hash, is a dispute) in the order of commits
        self.shared = []  # ids of the rows of the shared code, in the order of commits
        self.undisputed = []
        self.expected_of_ours = set()
        self.reader = Reader(INSPECTOR)
        self.ours = Reader(reader_of(OURS))
        self.filtered = [Reader(INSPECTOR, wanted=self.filter()) for _ in range(3)]
        self.changing = Reader(INSPECTOR)
        self.looks = []  # (from, to, wanted, events) of the reader whose filter changes
        self.over = asyncio.Event()

    def filter(self):
        """Ask for any combination of kinds, streams, codes and organisations, often for none of a sort."""
        some = lambda *values: frozenset(  # noqa: E731 - as short as it is
            self.random.sample(values, self.random.choice([0, 0, 1, 2]))
        )
        return Wanted(
            kinds=some("hold", "piece.registered", "piece.odd"),
            streams=some(Stream.SCAN, Stream.CASE, Stream.RECORD),
            codes=some(SHARED, *(s10("DH", 10_000_000 + self.serial + n) for n in range(1, 9))),
            organisations=some(OURS, THEIRS),
        )

    def at(self):
        """Give an instant up to a month off, so that ids are in no order of anything."""
        return START + timedelta(minutes=self.random.randint(-40_000, 0))

    def registrations(self, owner):
        codes = []
        for _ in range(self.random.randint(1, 4)):
            self.serial += 1
            codes.append(s10("DH", 10_000_000 + self.serial))
        wanted = [
            Registration(code=code, kind=PieceKind.ITEM, origin=owner, destination=owner) for code in codes
        ]
        at = self.at()
        return register_pieces(wanted, now=at, actor_organisation=owner)

    def disputing(self):
        """Say something else under an id that is committed already."""
        row = self.undisputed.pop(self.random.randrange(len(self.undisputed)))
        other = authored(
            stream=Stream.RECORD, kind="piece.odd", code=row.content.code, occurred_at=self.at(), now=START,
            actor_organisation=THEIRS, id=row.content.id,
        )  # fmt: skip
        return row, other

    async def begin(self):
        kind = self.random.choice(["ours", "theirs", "shared", "shared", "dispute"])
        pair, owner = None, OURS if kind == "ours" else THEIRS
        if kind == "shared":
            rows = [a_scan("hold", SHARED, THEIRS, self.at())]
        elif kind == "dispute" and self.undisputed:
            pair = self.disputing()
            rows = [pair[1]]
        else:
            rows = self.registrations(owner)
        writer = Writer(rows, begins_early=self.random.random() < 0.5, kept=self.random.random() < 0.7)
        writer.pair, writer.kind, writer.owner = pair, kind, owner
        await writer.reach(writer.begun)
        self.open.append(writer)

    async def write(self):
        """Let one write; who wants the shared piece while another one has it waits for its lock."""
        waiting = [writer for writer in self.open if not writer.may_write.is_set()]
        if not waiting:
            return
        writer = self.random.choice(waiting)
        held = any(other.kind == "shared" and other.may_write.is_set() for other in self.open)
        writer.may_write.set()
        if not (writer.kind == "shared" and held):
            await writer.reach(writer.written)

    async def end(self):
        able = [writer for writer in self.open if writer.written.is_set()]
        if not able:
            return
        writer = self.random.choice(able)
        writer.may_end.set()
        await writer.task
        self.open.remove(writer)
        self.note(writer)
        if writer.kind == "shared" and not self.has_shared() and (blocked := self.blocked()):
            # Whoever waited for the piece has it now.
            writings = [asyncio.create_task(other.reach(other.written)) for other in blocked]
            _, left = await asyncio.wait(writings, return_when=asyncio.FIRST_COMPLETED)
            for each in left:
                each.cancel()

    def has_shared(self):
        """Tell whether one that waited for the shared piece has it already."""
        return any(other.kind == "shared" and other.written.is_set() for other in self.open)

    def blocked(self):
        return [other for other in self.open if other.is_blocked]

    def note(self, writer):
        if not writer.kept:
            if writer.pair:
                self.undisputed.append(writer.pair[0])
            return
        if writer.pair:
            self.committed += [(row.content.id, content_hash(row.content), True) for row in writer.pair]
            return
        self.committed += [(row.content.id, content_hash(row.content), False) for row in writer.rows]
        if writer.kind == "shared":
            self.shared += [row.content.id for row in writer.rows]
        else:
            self.undisputed += writer.rows
            if writer.owner == OURS:
                self.expected_of_ours |= {row.content.code for row in writer.rows}

    async def follow(self):
        """Read on and on, in pages of any size, while writers come and go."""
        while not self.over.is_set():
            await self.reader.read(self.random.randint(1, 7))
            await asyncio.sleep(0)

    async def tell(self):
        following = asyncio.create_task(self.follow())
        for _ in range(STEPS):
            step = self.random.choices(
                [self.begin, self.write, self.end, self.read_ours, self.read_filtered], [4, 4, 3, 3, 3]
            )[0]
            if step == self.begin and len(self.open) >= WRITERS:
                step = self.end
            await step()
        while self.open:
            await self.write()
            await self.end()
        self.over.set()
        await following
        await self.reader.catch_up(3)
        await self.ours.catch_up(5)
        for reader in self.filtered:
            await reader.catch_up(3)

    async def read_filtered(self):
        await self.random.choice(self.filtered).read(self.random.randint(1, 4))
        reader, before = self.changing, self.changing.after or FIRST
        reader.wanted, reader.events = self.random.choice([EVERYTHING, self.filter()]), []
        await reader.read(self.random.randint(1, 4))
        self.looks.append((before, reader.after, reader.wanted, reader.events))

    async def read_ours(self):
        await self.ours.read(self.random.randint(1, 5))


def seen(events):
    return [(event.id, event.content_hash, event.verdict == "disputed") for event in events]


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
async def test_every_committed_row_is_read_once_and_in_one_order(database, seed):
    story = Story(seed)
    await story.tell()
    read = seen(story.reader.events)
    assert len(read) == len(set(read))
    assert set(read) == set(story.committed)
    again = await Reader(INSPECTOR).catch_up(1_000)
    assert seen(again) == read
    assert [event.id for event in again if event.code == SHARED] == story.shared
    for reader in story.filtered:
        assert reader.events == [event for event in again if reader.wanted.fits(event)]
    for before, after, wanted, events in story.looks:
        assert events == [event for event in again if before < event.at <= after and wanted.fits(event)]
    ours = seen(story.ours.events)
    assert len(ours) == len(set(ours))
    # A piece with one registration that came to be disputed is nobody's to see any more.
    undisputed = {row.content.id for row in story.undisputed}
    assert {one[0] for one in ours} >= {
        event.id for event in again if event.code in story.expected_of_ours and event.id in undisputed
    }
    assert {event.code for event in story.ours.events} <= story.expected_of_ours
    assert ours == [one for one in read if one in set(ours)]


async def test_what_commits_early_waits_for_what_began_before_it(database):
    """What following ids or times would get wrong, told by itself."""
    first, second = a_scan("hold", s10("DH", 1), THEIRS, START), a_scan("hold", s10("DH", 2), THEIRS, START)
    slow = Writer([first], begins_early=False, kept=True)
    slow.may_write.set()
    await slow.reach(slow.written)
    quick = Writer([second], begins_early=False, kept=True)
    await quick.end()
    reader = Reader()
    assert await reader.catch_up() == []
    assert reader.after == FIRST
    assert await held_back() == HeldBack(1, second.received_at)
    await slow.end()
    assert [event.id for event in await reader.catch_up()] == [first.content.id, second.content.id]
    assert await held_back() == HeldBack(0, None)


async def test_rows_of_a_piece_stand_in_the_order_of_commits_although_the_last_writer_began_first(database):
    """Several that began long ago write behind one another, while no other transaction ends."""
    old = [Writer([a_scan("hold", SHARED, THEIRS, START)], begins_early=True, kept=True) for _ in range(3)]
    for each in old:
        await each.reach(each.begun)
    young = Writer([a_scan("hold", SHARED, THEIRS, START)], begins_early=False, kept=True)
    for each in (young, *reversed(old)):
        await each.end()
    wanted = [row.content.id for each in (young, *reversed(old)) for row in each.rows]
    assert [event.id for event in await Reader().catch_up(1)] == wanted
