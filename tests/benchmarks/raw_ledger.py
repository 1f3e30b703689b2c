"""The raw limit of writing: rows of our ledger, all their columns, into an equal table by one bare statement."""

from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg
from msgspec import Struct

from postal.clock import machine_now
from postal.identifiers import new_id


class RawLedger(Struct, frozen=True):
    """The ledger's columns as they are now, whatever a migration has added, and the bare statements on them."""

    columns: dict[str, str]

    @classmethod
    async def of(cls, connection: asyncpg.Connection) -> "RawLedger":
        """Read the definition of the table."""
        found = await connection.fetch(
            """
            SELECT attname AS name, format_type(atttypid, atttypmod) AS type
            FROM pg_attribute
            WHERE attrelid = 'ledger'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            ORDER BY attnum
            """
        )
        return cls({row["name"]: row["type"] for row in found})

    def reading(self, condition: str) -> str:
        """Read rows in the form in which the other statements take them."""
        return f"SELECT {self._each('{0}{1}')} FROM ledger WHERE {condition}"

    @property
    def batch(self) -> str:
        """Insert many rows at once from one array a column."""
        names = ", ".join(self.columns)
        arrays = ", ".join(
            f"${place}::{_sent(type_)}[]" for place, type_ in enumerate(self.columns.values(), 1)
        )
        return (
            f"INSERT INTO ledger ({names}) SELECT {self._each('{0}{2}')} FROM unnest({arrays}) AS t ({names})"
        )

    @property
    def single(self) -> str:
        """Insert one row."""
        values = ", ".join(
            f"${place}::{_sent(type_)}{_cast(type_)}" for place, type_ in enumerate(self.columns.values(), 1)
        )
        return f"INSERT INTO ledger ({', '.join(self.columns)}) VALUES ({values})"

    def fresh(self, rows: Sequence[asyncpg.Record]) -> Iterator[list[Any]]:
        """Give the rows again and again, each time with a new id of now."""
        place = list(self.columns).index("id")
        plain = [list(row) for row in rows]
        while True:
            for row in plain:
                row[place] = new_id(machine_now())
                yield row

    def _each(self, form: str) -> str:
        return ", ".join(
            form.format(name, "::text" if _is_text(type_) else "", _cast(type_))
            for name, type_ in self.columns.items()
        )


def _is_text(type_: str) -> bool:
    # An array of arrays must be square, and the driver takes JSON as text.
    return type_.endswith("[]") or type_ in {"json", "jsonb"}


def _sent(type_: str) -> str:
    return "text" if _is_text(type_) else type_


def _cast(type_: str) -> str:
    return f"::{type_}" if _is_text(type_) else ""
