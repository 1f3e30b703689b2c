"""Every SQL statement of feedback, and its projector."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_row, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor, Role
from postal.instants import Instant
from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet
from postal.ledger.rules import Row
from shipments.feedback.rules import Category, Feedback, Part, State, concerns, fold_feedback, is_feedback

PUT = load_sql(__package__, "put.sql")
PAGE_OF = load_sql(__package__, "page_of.sql")


CLOSED = sorted(state.value for state in (State.REFUSED, State.ANSWERED, State.PUBLISHED))
VIOLATIONS_HOW = (
    "Người tố giác vi phạm xem lời của mình bằng mã theo dõi / "
    "Whoever reported a violation reads their own words with the code to follow it"
)


class Contact(Struct, frozen=True, kw_only=True):
    """How its author is reached: personal data, all of it optional."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None
    email: str | None = None


class Said(Struct, frozen=True, kw_only=True):
    """One text of the conversation; `text` is None once it was erased."""

    part: Part
    text: str | None
    contact: Contact
    at: Instant


class Publication(Struct, frozen=True, kw_only=True):
    """What was published of a case."""

    feedback: str
    title: str
    question: str
    answer: str
    published_at: Instant


class Wanted(Struct, frozen=True, kw_only=True):
    """Conditions of a list; what is None does not restrict. `late_at` asks for what is open and late then."""

    code: str | None = None
    state: State | None = None
    category: Category | None = None
    organisation: str | None = None
    late_at: datetime | None = None


async def project(touched: Touched) -> None:
    """Bring the cases among these codes up to their rows."""
    codes = sorted(code for code in touched.told if is_feedback(code))
    if not codes:
        return
    sets = await touched.rows(codes)
    concerned = [code for code in codes if concerns(code, _all(sets[code]))]
    if concerned:
        folded = [fold_feedback(code, _undisputed(sets[code])) for code in concerned]
        kept = [_stored(one) for one in folded if one is not None]
        await execute(PUT, concerned, msgspec.json.encode(kept).decode())


async def get(code: str, actor: Actor) -> Feedback:
    """Get a case that the actor sees; absent and invisible are alike."""
    found = await page_of(actor, Wanted(code=code), None, 1)
    if not found:
        raise NotFound(
            "feedback.not_found",
            vi="Không tìm thấy phản ánh, kiến nghị này",
            en="There is no such feedback",
        )
    return found[0]


async def find(code: str) -> Feedback | None:
    """Find a case, for rules that judge it; what a caller may see is not asked here."""
    row = await fetch_row("SELECT * FROM feedback WHERE code = $1", code)
    return msgspec.convert(dict(row), Feedback) if row else None


async def page_of(
    actor: Actor, wanted: Wanted, after: tuple[datetime, str] | None, limit: int
) -> list[Feedback]:
    """List the cases that the actor sees, newest first."""
    received_at, last = after or (None, None)
    rows = await fetch(
        PAGE_OF,
        actor.reads_everything,
        sorted(actor.sees),
        Role.CONTROL in actor.roles,
        wanted.code,
        wanted.state,
        wanted.category,
        wanted.organisation,
        wanted.late_at,
        received_at,
        last,
        limit,
    )
    return [msgspec.convert(dict(row), Feedback) for row in rows]


async def exists(code: str) -> bool:
    """Tell whether a code was given out."""
    return await fetch_row("SELECT 1 FROM feedback_follower WHERE feedback = $1", code) is not None


async def add_follower(code: str, digest: bytes) -> None:
    """Keep the hash of the code by which the author follows a case."""
    await execute("INSERT INTO feedback_follower (feedback, hash) VALUES ($1, $2)", code, digest)


async def find_followed(digest: bytes) -> str | None:
    """Find the case that a follow code opens."""
    row = await fetch_row("SELECT feedback FROM feedback_follower WHERE hash = $1", digest)
    return str(row["feedback"]) if row else None


async def add_text(
    row: UUID, code: str, part: Part, text: str, contact: Contact, salt: bytes, now: datetime
) -> None:
    """Keep a text, its author's contact, and the salt of the commitment in the ledger."""
    await execute(
        """
        INSERT INTO feedback_text (row_id, feedback, part, text, name, phone, address, email, salt, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        row,
        code,
        part.value,
        text,
        contact.name,
        contact.phone,
        contact.address,
        contact.email,
        salt,
        now,
    )


async def conversation(code: str) -> list[Said]:
    """Give what was written in a case, oldest first."""
    rows = await fetch(
        "SELECT * FROM feedback_text WHERE feedback = $1 ORDER BY created_at, row_id",
        code,
    )
    return [
        Said(
            part=Part(row["part"]),
            text=row["text"],
            contact=Contact(name=row["name"], phone=row["phone"], address=row["address"], email=row["email"]),
            at=row["created_at"],
        )
        for row in rows
    ]


async def texts_about(dossier: str) -> list[dict[str, object]]:
    """List what was written and answered about a dossier, reports of violations left out."""
    rows = await fetch(
        """
        SELECT told.feedback, told.part, told.text, told.name, told.phone, told.address, told.email,
               told.created_at AS at
        FROM feedback_text AS told
        JOIN feedback ON feedback.code = told.feedback
        WHERE feedback.dossier = $1 AND feedback.category <> 'violation' AND told.erased_at IS NULL
        ORDER BY told.created_at, told.row_id
        """,
        dossier,
    )
    return [dict(row) for row in rows]


async def erase_texts(dossier: str, now: datetime) -> int:
    """Forget what was written about a dossier and by whom, and with the salts what opens the commitments."""
    rows = await fetch(
        """
        UPDATE feedback_text
        SET text = NULL, name = NULL, phone = NULL, address = NULL, email = NULL, salt = NULL, erased_at = $2
        FROM feedback
        WHERE feedback.code = feedback_text.feedback AND feedback.dossier = $1
        AND feedback.category <> 'violation' AND feedback_text.erased_at IS NULL
        RETURNING 1
        """,
        dossier,
        now,
    )
    return len(rows)


async def how_violations_are_read(_dossier: str) -> list[dict[str, object]]:
    """Say the same of every dossier: a report of violations is read by whoever wrote it, with the code of that day.

    Whoever answers a request about data may be whom a report is about, so not even its existence is told here.
    """
    return [{"address": "/feedback/follow", "how": VIOLATIONS_HOW}]


async def erase_case(code: str, now: datetime) -> None:
    """Forget everything that was written in a case, and by whom."""
    await execute(
        """
        UPDATE feedback_text
        SET text = NULL, name = NULL, phone = NULL, address = NULL, email = NULL, salt = NULL, erased_at = $2
        WHERE feedback = $1 AND erased_at IS NULL
        """,
        code,
        now,
    )


async def erase_violations(dossier: str, now: datetime) -> int:
    """Forget closed reports of violations about a dossier; open ones stay for who investigates. Tells no number."""
    await execute(
        """
        UPDATE feedback_text
        SET text = NULL, name = NULL, phone = NULL, address = NULL, email = NULL, salt = NULL, erased_at = $2
        FROM feedback
        WHERE feedback.code = feedback_text.feedback AND feedback.dossier = $1 AND feedback.category = 'violation'
        AND feedback.state = ANY ($3::text[]) AND feedback_text.erased_at IS NULL
        """,
        dossier,
        now,
        CLOSED,
    )
    return 0


async def add_publication(row: UUID, publication: Publication) -> None:
    """Keep what was published."""
    await execute(
        """
        INSERT INTO feedback_publication (feedback, row_id, title, question, answer, published_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        publication.feedback,
        row,
        publication.title,
        publication.question,
        publication.answer,
        publication.published_at,
    )


async def publications(after: tuple[datetime, str] | None, limit: int) -> list[Publication]:
    """List what was published, newest first."""
    published_at, last = after or (None, None)
    rows = await fetch(
        """
        SELECT feedback, title, question, answer, published_at FROM feedback_publication
        WHERE $1::timestamptz IS NULL OR (published_at, feedback) < ($1, $2::text)
        ORDER BY published_at DESC, feedback DESC
        LIMIT $3
        """,
        published_at,
        last,
        limit,
    )
    return [msgspec.convert(dict(row), Publication) for row in rows]


def _stored(case: Feedback) -> dict[str, object]:
    return dict(msgspec.to_builtins(case))


def _all(rows: RowSet) -> Sequence[Row]:
    return [*rows.rows, *(row for each in rows.disputed.values() for row in each)]


def _undisputed(rows: RowSet) -> list[Row]:
    return [row for row in rows.rows if len(rows.disputed.get(row.content.id, ())) < 2]
