"""Answering queries: pages of events in the order of commits, or sorted where that was asked."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from integrations.epcis import repository
from integrations.epcis.repository import Found
from integrations.epcis.rules.hashing import digest_of_id
from integrations.epcis.rules.mapping import CORRECTING
from integrations.epcis.rules.outward import event_of
from integrations.epcis.rules.querying import START, Place, Query, Whole
from integrations.epcis.rules.said import said_of
from integrations.epcis.rules.values import read_instant
from integrations.epcis.service.addresses import names
from postal.errors import BadInput, TooLarge
from postal.http.paging import decode_cursor, encode_cursor
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.ledger.repository import find_rows
from shipments.pieces.rules import RESULT_SUFFIX, dossier_of

LOOKED = 2_000
SPARE, ROUNDS = 50, 5
MOST_SORTED = 10_000
MOST_LOOKED = 50_000

Event = dict[str, Any]
Told = tuple[Place, Event]


class Token(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where the next page begins. `below` bounds a sorted answer, so that what comes in meanwhile shifts nothing."""

    at: Place
    below: Whole | None = None
    time: Instant | None = None


class Answer(Struct, frozen=True):
    """A page of events, and the token of the next one if there may be one."""

    events: list[Event]
    token: str | None


async def answer(query: Query, *, actor: Actor) -> Answer:
    """Give a page of the events that an actor may see.

    Raises:
        BadInput: The token is not one of ours, or of another query.
        TooLarge: More would have to be looked at than one answer may cost.
    """
    token = decode_cursor(query.token, Token, name="nextPageToken") if query.token is not None else None
    if query.epcs is not None or query.event_ids is not None or query.order_by is not None:
        told, following = await _of_a_set(query, token, actor)
    else:
        told, following = await _walked(query, token, actor)
    await _note(told)
    return Answer([event for _, event in told], encode_cursor(following) if following else None)


async def _walked(query: Query, token: Token | None, actor: Actor) -> tuple[list[Told], Token | None]:
    """Go on in the order of commits: nothing can come in behind a token."""
    after = token.at if token else START
    told: list[Told] = []
    for number in range(ROUNDS):
        # Most pages are full at once; only what finds little looks further.
        most = LOOKED if number else min(LOOKED, query.per_page + SPARE)
        page = await repository.walk(after, actor, most)
        if after.position >= page.settled:
            raise BadInput(
                "epcis.token_ahead",
                vi="Mã trang thuộc cơ sở dữ liệu khác; hãy hỏi lại từ đầu.",
                en="The token belongs to another database; ask again without one.",
                pointer="/query/nextPageToken",
            )
        for at, event in await _told(page.found):
            if not query.matches(event):
                continue
            told.append((at, event))
            if len(told) == query.per_page:
                return told, Token(at)
        after = page.last or after
        if page.looked < most:
            return told, None
    return told, Token(after)


async def _of_a_set(query: Query, token: Token | None, actor: Actor) -> tuple[list[Told], Token | None]:
    """Find everything that answers, up to where it was settled at the first page, and sort it."""
    below = token.below if token else None
    found, settled = await _candidates(query, actor, below)
    told = [(at, event) for at, event in await _told(found) if query.matches(event)]
    key = query.order_by or ""
    descending = query.descending and query.order_by is not None
    told.sort(key=lambda each: _rank(each, key), reverse=descending)
    if token:
        limit = (token.time or _ANY_TIME), token.at
        told = [
            each for each in told if (_rank(each, key) < limit if descending else _rank(each, key) > limit)
        ]
    page = told[: query.per_page]
    if len(told) <= query.per_page:
        return page, None
    at, event = page[-1]
    return page, Token(at, settled, read_instant(event[key]) if key else None)


_ANY_TIME = datetime.min.replace(tzinfo=UTC)


def _rank(each: Told, key: str) -> tuple[datetime, Place]:
    at, event = each
    return (read_instant(event[key]) if key else _ANY_TIME), at


async def _candidates(query: Query, actor: Actor, below: int | None) -> tuple[Sequence[Found], int]:
    if query.event_ids is not None:
        digests = [sha for each in query.event_ids if (sha := digest_of_id(each)) is not None]
        given = await find_rows(await repository.rows_given(digests))
        codes = {row.content.code for row, _ in given.values()}
        return await _bounded(codes, query.event_ids, actor, below, digests)
    if query.epcs is not None:
        codes = {code for epc in query.epcs if (code := names().code_of(epc)) is not None}
        codes |= {dossier_of(code) for code in codes if code.endswith(RESULT_SUFFIX)}
        return await _bounded(codes, query.epcs, actor, below, ())
    return await _everything(actor, below)


async def _bounded(
    codes: Iterable[str], addresses: Iterable[str], actor: Actor, below: int | None, digests: Sequence[bytes]
) -> tuple[Sequence[Found], int]:
    found, settled = await repository.of_codes(
        set(codes), set(addresses), actor, below=below, most=MOST_SORTED + 1, digests=digests
    )
    if len(found) > MOST_SORTED:
        raise _too_large()
    return found, settled


async def _everything(actor: Actor, below: int | None) -> tuple[Sequence[Found], int]:
    """Look at everything for a sorted answer; a large system must be asked more narrowly."""
    found: list[Found] = []
    after, looked = START, 0
    while True:
        page = await repository.walk(after, actor, LOOKED)
        below = page.settled if below is None else below
        found += [each for each in page.found if each.at.position < below]
        looked += page.looked
        if page.last is None or page.looked < LOOKED or page.last.position >= below:
            return found, below
        if looked >= MOST_LOOKED or len(found) > MOST_SORTED:
            raise _too_large()
        after = page.last


def _too_large() -> TooLarge:
    return TooLarge(
        "epcis.query_too_large",
        vi="Câu hỏi quá rộng để sắp xếp; hãy hỏi theo mã (MATCH_anyEPC), hoặc bỏ orderBy và đọc theo trang.",
        en="This is too much to sort; ask by id (MATCH_anyEPC), or leave orderBy out and read page by page.",
    )


async def _told(found: Iterable[Found]) -> list[Told]:
    """Tell rows as events, with the rows that corrections are about."""
    found = list(found)
    said = {id(each): said_of(each.row) for each in found if each.row is not None}
    about = {one.corrects for one in said.values() if one.corrects and (one.stream, one.kind) in CORRECTING}
    originals = {str(key): row for key, (row, _) in (await find_rows(_ids(about))).items()} if about else {}
    told: list[Told] = []
    for each in found:
        if each.event is not None:
            told.append((each.at, each.event))
        elif each.row is not None:
            one = said[id(each)]
            original = originals.get(one.corrects or "")
            event = event_of(one, said_of(original) if original else None, names())
            if event is not None:
                told.append((each.at, event))
    return told


def _ids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


async def _note(told: Sequence[Told]) -> None:
    """Remember which rows the given ids stand for; captured events are found by their own."""
    pairs = [
        (sha, at.id)
        for at, event in told
        if "postal:row" in event and (sha := digest_of_id(event["eventID"])) is not None
    ]
    if pairs:
        await repository.note_given(pairs)
