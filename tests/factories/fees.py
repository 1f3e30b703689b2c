"""Rows of money for tests: short to write, complete as the ledger keeps them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from postal.db import unit_of_work
from postal.identity import keys
from postal.identity.cookies import COOKIE
from postal.identity.repository import people
from postal.identity.rules import Role
from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.fees.rules import CLOSED, COLLECTED, CORRECTED, COUNTED, HANDED, REFUNDED, account_of
from tests.factories.identity import person

OFFICE, CASHIER = "BC-530000", "MC-HUE"
DAY = date(2026, 11, 23)
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ACCOUNT = account_of(OFFICE, "p-thu", DAY)
REMITTANCE = "NT-261123-ABCDEFGH"
DOSSIER = "H57.01-20261123-0000001"


def row_id(number: int) -> UUID:
    """Give the id of a numbered row."""
    return UUID(int=(0x19A0000 << 80) | (7 << 76) | (2 << 62) | number)


def money_row(
    number: int,
    kind: str,
    body: dict[str, Any],
    *,
    code: str = ACCOUNT,
    minute: float | None = None,
    organisation: str = OFFICE,
) -> Row:
    """Make a record about money; it is heard of when it happens."""
    at = START + timedelta(minutes=number if minute is None else minute)
    content = Content(
        id=row_id(number),
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=at,
        organisation=organisation,
        person="p-thu",
        body=body,
        subjects=(ACCOUNT,) if code == REMITTANCE else (),
    )
    return Row(content=content, received_at=at, corrected_at=at, content_hash=content_hash(content))


def collected(number: int, amount: int, *, channel: str = "cash", **more: Any) -> Row:
    """Take money for a receipt of the same number."""
    receipt = more.pop("receipt", f"BL-{number}")
    body = {"dossier": DOSSIER, "line": "fee", "channel": channel, "amount": amount, "receipt": receipt}
    return money_row(number, COLLECTED, body, **more)


def refunded(number: int, fee: int, amount: int, *, channel: str = "cash", **more: Any) -> Row:
    """Give money back."""
    body = {
        "dossier": DOSSIER,
        "line": "fee",
        "channel": channel,
        "amount": amount,
        "receipt": f"PC-{number}",
        "fee": str(row_id(fee)),
    }
    return money_row(number, REFUNDED, body, **more)


def corrected(number: int, target: int, **more: Any) -> Row:
    """Name an entry as mistaken."""
    return money_row(number, CORRECTED, {"corrects": str(row_id(target))}, **more)


def closed(number: int, *known: int, cash: int | None = None, **more: Any) -> Row:
    """Close the day, knowing of some rows."""
    body: dict[str, Any] = {"rows": [str(row_id(each)) for each in known]}
    return money_row(number, CLOSED, body | ({} if cash is None else {"cash": cash}), **more)


def handed(number: int, *lines: tuple[int, int], channel: str = "cash", **more: Any) -> Row:
    """Hand over the money of numbered collections."""
    body = {
        "home": ACCOUNT,
        "receiver": CASHIER,
        "channel": channel,
        "lines": [
            {"receipt": f"BL-{fee}", "amount": amount, "account": ACCOUNT, "fee": str(row_id(fee))}
            for fee, amount in lines
        ],
    }
    return money_row(number, HANDED, body, code=REMITTANCE, **more)


def counted(number: int, *lines: tuple[str, int], **more: Any) -> Row:
    """Count money by receipt at the receiver's."""
    body = {"lines": [{"receipt": receipt, "amount": amount} for receipt, amount in lines]}
    return money_row(number, COUNTED, body, code=REMITTANCE, organisation=CASHIER, **more)


async def staff(code: str, organisation: str, role: Role, *, now: datetime) -> dict[str, str]:
    """Store a person who is signed in, and give the headers of that session."""
    await person(code, organisation, role, now=now)
    token = keys.make_token()
    async with unit_of_work():
        await people.add_session(keys.digest(token), code, organisation, now, now + timedelta(hours=8))
    return {"Cookie": f"{COOKIE}={token}"}
