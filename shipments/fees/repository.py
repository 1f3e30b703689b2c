"""Every SQL statement of money."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_value, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor, Role
from shipments.fees.rules import (
    Account,
    AccountState,
    Channel,
    ChannelFigures,
    Entry,
    Figures,
    Listed,
    Remittance,
    RemittanceLine,
    RemittanceState,
    holder_of,
)
from shipments.fees.rules.account import Closing

PUT_ENTRIES = load_sql(__package__, "put_entries.sql")
PUT_ACCOUNTS = load_sql(__package__, "put_accounts.sql")
PUT_REMITTANCES = load_sql(__package__, "put_remittances.sql")
PUT_REMITTANCE_LINES = load_sql(__package__, "put_remittance_lines.sql")
FIND_ENTRIES = load_sql(__package__, "find_entries.sql")
FIND_REMITTANCES = load_sql(__package__, "find_remittances.sql")
LEFT_IN_SAFES = load_sql(__package__, "left_in_safes.sql")

LINES_OF = "SELECT * FROM remittance_line WHERE remittance = ANY ($1::text[]) ORDER BY remittance, n"
ACCOUNTS = """
SELECT * FROM fee_account
WHERE ($1::boolean OR organisation = ANY ($2::text[]))
AND ($3::text IS NULL OR person = $3)
AND ($4::date IS NULL OR day = $4)
AND ($5::text IS NULL OR organisation = $5)
ORDER BY organisation, day, person
LIMIT $6
"""
TAKEN = """
SELECT line.fee, min(line.remittance) AS remittance
FROM remittance_line AS line
JOIN remittance ON remittance.code = line.remittance AND remittance.state <> 'withdrawn'
WHERE line.fee = ANY ($1::uuid[])
GROUP BY line.fee
"""


OVERSEES = frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD, Role.POST_DESK, Role.DESK})
"""Who counts what others hand over, or answers for them."""


class Paid(Entry, frozen=True, kw_only=True):
    """An entry as it is shown: whose it is, and the remittance that it went on, if any."""

    organisation: str
    person: str
    day: date
    remittance: str | None = None
    remitted: int | None = None


class Filter(Struct, frozen=True, kw_only=True):
    """Conditions of a list; what is None does not restrict."""

    dossier: str | None = None
    person: str | None = None
    day: date | None = None
    channel: Channel | None = None


async def put_accounts(accounts: Sequence[Account]) -> None:
    """Make the projection hold exactly these accounts and their entries under their codes."""
    if not accounts:
        return
    entries, rows = [], []
    for account in accounts:
        holder = holder_of(account.code)._asdict()
        entries += [holder | msgspec.to_builtins(entry) for entry in account.entries]
        rows.append(
            holder
            | {
                "code": account.code,
                "state": account.state,
                "figures": account.figures,
                "channels": account.channels,
                "flags": account.flags,
                "closing": account.closing,
                "late": account.late,
            }
        )
    await execute(PUT_ENTRIES, [account.code for account in accounts], _json(entries))
    await execute(PUT_ACCOUNTS, _json(rows))


async def put_remittances(remittances: Sequence[Remittance], codes: Collection[str]) -> None:
    """Make the projection hold exactly these remittances under these codes."""
    if not codes:
        return
    await execute("DELETE FROM remittance_line WHERE remittance = ANY ($1::text[])", list(codes))
    await execute(PUT_REMITTANCES, _json(remittances))
    lines = [
        msgspec.to_builtins(line) | {"remittance": one.code} for one in remittances for line in one.lines
    ]
    await execute(PUT_REMITTANCE_LINES, _json(lines))


async def get_entry(entry: UUID, actor: Actor) -> Paid:
    """Get an entry that the actor may see; absent and invisible are alike."""
    found = await _entries(actor, entry, Filter(), None, 1)
    if not found:
        raise NotFound("fee.not_found", vi="Không tìm thấy khoản tiền này", en="There is no such entry")
    return found[0]


async def list_entries(
    actor: Actor, wanted: Filter, after: tuple[datetime, UUID] | None, limit: int
) -> list[Paid]:
    """List the entries that the actor may see, newest first."""
    return await _entries(actor, None, wanted, after, limit)


async def find_entry(entry: UUID) -> Entry | None:
    """Find an entry, for rules that judge it; what a caller may see is not asked here."""
    rows = await fetch("SELECT * FROM fee_entry WHERE id = $1", entry)
    return _entry(rows[0]) if rows else None


async def entries_of_dossier(dossier: str) -> list[Entry]:
    """List what was paid and given back for a dossier, for whoever prints or judges it."""
    rows = await fetch("SELECT * FROM fee_entry WHERE dossier = $1 ORDER BY at, id", dossier)
    return [_entry(row) for row in rows]


async def entries_of_accounts(accounts: Collection[str]) -> list[Entry]:
    """List the entries of accounts in the order in which they were made."""
    rows = await fetch(
        "SELECT * FROM fee_entry WHERE account = ANY ($1::text[]) ORDER BY at, id", list(accounts)
    )
    return [_entry(row) for row in rows]


async def refunds_of(fees: Collection[UUID]) -> list[Entry]:
    """List what was given back of collections, whoever did."""
    rows = await fetch("SELECT * FROM fee_entry WHERE fee = ANY ($1::uuid[]) ORDER BY at, id", list(fees))
    return [_entry(row) for row in rows]


async def remittances_with(fees: Collection[UUID]) -> dict[UUID, str]:
    """Name for each of these collections the remittance that it is on, if it is on one."""
    return {row["fee"]: row["remittance"] for row in await fetch(TAKEN, list(fees))}


async def receipt_taken(organisation: str, receipt: str) -> bool:
    """Tell whether an organisation has used a number of its receipts for money that still counts."""
    return bool(
        await fetch_value(
            "SELECT EXISTS (SELECT FROM fee_entry WHERE organisation = $1 AND receipt = $2 AND void_by IS NULL)",
            organisation,
            receipt,
        )
    )


async def accounts_of(
    actor: Actor, *, person: str | None, day: date | None, organisation: str | None = None, limit: int = 1000
) -> list[Account]:
    """List day accounts of the actor's organisations, without their entries."""
    rows = await fetch(ACCOUNTS, actor.reads_everything, sorted(actor.sees), person, day, organisation, limit)
    return [_account(row) for row in rows]


async def open_accounts(organisation: str, person: str) -> list[Account]:
    """List the accounts of a person in which money is left, the oldest first."""
    rows = await fetch(
        "SELECT * FROM fee_account WHERE organisation = $1 AND person = $2"
        " AND (figures ->> 'in_hand')::bigint <> 0 ORDER BY day",
        organisation,
        person,
    )
    return [_account(row) for row in rows]


async def get_remittance(code: str, actor: Actor) -> Remittance:
    """Get a remittance of which the actor is giver or receiver; absent and invisible are alike."""
    found = await _remittances(actor, code, None, None, None, 1)
    if not found:
        raise NotFound(
            "remittance.not_found", vi="Không tìm thấy bảng kê nộp tiền này", en="There is no such remittance"
        )
    return found[0]


async def list_remittances(
    actor: Actor,
    *,
    person: str | None,
    state: RemittanceState | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Remittance]:
    """List remittances of which the actor is giver or receiver, newest first."""
    return await _remittances(actor, None, person, state, after, limit)


async def left_in_safes(safes: Collection[str], channel: Channel) -> list[Listed]:
    """List what may go on from safes, by the payment that it came from."""
    rows = await fetch(LEFT_IN_SAFES, list(safes), channel)
    return [msgspec.convert(dict(row), Listed) for row in rows]


async def remittance_exists(code: str) -> bool:
    """Tell whether a code is taken."""
    return bool(await fetch_value("SELECT EXISTS (SELECT FROM remittance WHERE code = $1)", code))


async def _remittances(
    actor: Actor,
    code: str | None,
    person: str | None,
    state: RemittanceState | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Remittance]:
    at, last = after or (None, None)
    own = None if actor.person is None or actor.roles & OVERSEES or actor.reads_everything else actor.person
    rows = await fetch(
        FIND_REMITTANCES,
        actor.reads_everything,
        sorted(actor.sees),
        code,
        person,
        state,
        at,
        last,
        limit,
        own,
    )
    lines: dict[str, list[RemittanceLine]] = {row["code"]: [] for row in rows}
    for line in await fetch(LINES_OF, list(lines)):
        lines[line["remittance"]].append(msgspec.convert(dict(line), RemittanceLine))
    return [msgspec.convert(dict(row) | {"lines": lines[row["code"]]}, Remittance) for row in rows]


async def _entries(
    actor: Actor,
    entry: UUID | None,
    wanted: Filter,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Paid]:
    at, last = after or (None, None)
    rows = await fetch(
        FIND_ENTRIES,
        actor.reads_everything,
        sorted(actor.sees),
        entry,
        wanted.dossier,
        wanted.person,
        wanted.day,
        wanted.channel,
        at,
        last,
        limit,
    )
    return [msgspec.convert(dict(row), Paid) for row in rows]


def _entry(row: Any) -> Entry:
    return msgspec.convert(dict(row), Entry)


def _account(row: Any) -> Account:
    return Account(
        code=row["code"],
        organisation=row["organisation"],
        person=row["person"],
        day=row["day"],
        state=AccountState(row["state"]),
        figures=msgspec.json.decode(row["figures"], type=Figures),
        channels=msgspec.json.decode(row["channels"], type=tuple[ChannelFigures, ...]),
        flags=tuple(row["flags"]),
        closing=msgspec.json.decode(row["closing"], type=Closing) if row["closing"] else None,
        late=tuple(row["late"]),
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
