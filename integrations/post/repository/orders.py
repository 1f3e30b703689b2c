"""Statements of orders: the projection of their rows, what they say of people, and lists for those concerned."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from integrations.post.rules.orders import PREFIX, Order, OrderState, order_of
from postal.db import execute, fetch, fetch_row
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.ledger.projections import Touched
from postal.ledger.rules import Row

_COLUMNS = ", ".join(Order.__struct_fields__)


class Form(Struct, frozen=True, kw_only=True):
    """What the newest version of an order says of people; None once that was erased."""

    code: str
    version: int
    form: dict[str, Any] | None


async def project(touched: Touched) -> None:
    """Bring orders up to the ledger rows of these codes."""
    codes = [code for code in touched.told if code.startswith(PREFIX)]
    if not codes:
        return
    sets = await touched.rows(codes)
    found = [order_of(code, _undisputed(rows.rows, rows.disputed)) for code, rows in sets.items()]
    await execute("DELETE FROM post_order WHERE code = ANY($1::text[])", codes)
    await execute(
        f"""
        INSERT INTO post_order ({_COLUMNS})
        SELECT {_COLUMNS}
        FROM jsonb_to_recordset($1::jsonb) AS t (
            code text, partner text, number text, version integer, state smallint, office text, agency text,
            dossier text, item text, cod bigint, registered_at timestamptz, changed_at timestamptz, courier text,
            reason text
        )
        """,  # noqa: S608 names of our own, never input
        msgspec.json.encode(sorted((o for o in found if o), key=lambda order: order.code)).decode(),
    )


def _undisputed(rows: Sequence[Row], disputed: Mapping[Any, Sequence[Row]]) -> list[Row]:
    return [row for row in rows if len(disputed.get(row.content.id, ())) < 2]


async def by_number(partner: str, number: str) -> Order | None:
    """Find an order by the number that its partner gave it."""
    row = await fetch_row(
        f"SELECT {_COLUMNS} FROM post_order WHERE partner = $1 AND number = $2",  # noqa: S608
        partner,
        number,
    )
    return _order(row) if row else None


async def find_many(codes: Collection[str]) -> dict[str, Order]:
    """Find orders by code, for what no person asked for."""
    rows = await fetch(f"SELECT {_COLUMNS} FROM post_order WHERE code = ANY($1::text[])", list(codes))  # noqa: S608
    return {row["code"]: _order(row) for row in rows}


async def about(pieces: Collection[str]) -> list[Order]:
    """Find the orders that an item or a dossier belongs to, in the order of their codes."""
    rows = await fetch(
        f"""
        SELECT {_COLUMNS} FROM post_order WHERE item = ANY($1::text[])
        UNION
        SELECT {_COLUMNS} FROM post_order WHERE dossier = ANY($1::text[])
        ORDER BY code
        """,  # noqa: S608
        list(pieces),
    )
    return [_order(row) for row in rows]


async def get(code: str, actor: Actor) -> Order:
    """Get an order for the office that collects or the agency that it is for; absent and invisible are alike."""
    rows = await fetch(
        f"""
        SELECT {_COLUMNS}
        FROM post_order
        WHERE code = $1 AND ($2 OR office = ANY($3::text[]) OR agency = ANY($3::text[]))
        """,  # noqa: S608
        code,
        actor.reads_everything,
        sorted(actor.sees),
    )
    if not rows:
        raise NotFound("order.not_found", vi="Không tìm thấy đơn gom này", en="There is no such order")
    return _order(rows[0])


async def page_of(
    actor: Actor, *, states: Collection[OrderState], after: tuple[datetime, str] | None, limit: int
) -> list[Order]:
    """List the orders that an actor sees, oldest first: who waits longest is collected first."""
    at, code = after or (None, None)
    rows = await fetch(
        f"""
        SELECT {_COLUMNS}
        FROM post_order
        WHERE ($1 OR office = ANY($2::text[]) OR agency = ANY($2::text[]))
          AND state = ANY($3::smallint[])
          AND ($4::timestamptz IS NULL OR (registered_at, code) > ($4, $5::text))
        ORDER BY registered_at, code
        LIMIT $6
        """,  # noqa: S608
        actor.reads_everything,
        sorted(actor.sees),
        [int(state) for state in states],
        at,
        code,
        limit,
    )
    return [_order(row) for row in rows]


async def forms(codes: Collection[str]) -> dict[str, Form]:
    """Give what the newest version of each order says of people."""
    rows = await fetch(
        """
        SELECT DISTINCT ON (code) code, version, form
        FROM post_order_form
        WHERE code = ANY($1::text[])
        ORDER BY code, version DESC
        """,
        list(codes),
    )
    return {
        row["code"]: Form(code=row["code"], version=row["version"], form=_json(row["form"])) for row in rows
    }


async def has_digest(code: str, digest: bytes) -> bool:
    """Tell whether some version of an order said exactly this."""
    asked = "SELECT FROM post_order_form WHERE code = $1 AND digest = $2"
    return bool(await fetch(asked, code, digest))


async def add_form(
    code: str, version: int, digest: bytes, salt: bytes, form: Mapping[str, Any], now: datetime
) -> None:
    """Keep what a version of an order says of people."""
    await execute(
        """
        INSERT INTO post_order_form (code, version, digest, salt, form, made_at)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6)
        """,
        code,
        version,
        digest,
        salt,
        msgspec.json.encode(form).decode(),
        now,
    )


async def forms_about(dossier: str) -> list[dict[str, Any]]:
    """Give what orders hold about the people of a dossier, for whoever asks what is held about them."""
    rows = await fetch(
        """
        SELECT f.code, f.version, f.form
        FROM post_order_form AS f
        JOIN post_order AS o USING (code)
        WHERE o.dossier = $1 AND f.form IS NOT NULL
        ORDER BY f.code, f.version
        """,
        dossier,
    )
    return [{"order": row["code"], "version": row["version"], **(_json(row["form"]) or {})} for row in rows]


async def erase_forms(dossier: str, now: datetime) -> int:
    """Erase what orders hold about the people of a dossier; give how many versions there were."""
    rows = await fetch(
        """
        UPDATE post_order_form AS f
        SET form = NULL, salt = NULL, digest = NULL, erased_at = $2
        FROM post_order AS o
        WHERE o.code = f.code AND o.dossier = $1 AND f.form IS NOT NULL
        RETURNING f.code
        """,
        dossier,
        now,
    )
    return len(rows)


def _order(row: Any) -> Order:
    return msgspec.convert(dict(row), Order)


def _json(value: Any) -> dict[str, Any] | None:
    return None if value is None else msgspec.json.decode(value, type=dict[str, Any])
