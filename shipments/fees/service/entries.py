"""Taking money in, giving it back, correcting, closing a day; each is a record of the ledger under its account."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, NotFound, Unprocessable
from postal.identifiers import new_id
from postal.identity.repository import people
from postal.identity.rules import Actor, Role
from postal.instants import utc
from postal.law import repository as law
from postal.ledger.repository import find_rows, lock_codes, row_set
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record
from postal.network.rules import local_day
from shipments.dossiers import repository as dossiers
from shipments.dossiers.judging import procedure_of
from shipments.dossiers.projection import events as events_of_case
from shipments.dossiers.rules import Dossier
from shipments.dossiers.rules.gate import TOLERANCE
from shipments.fees import repository
from shipments.fees.projection import undisputed
from shipments.fees.repository import Paid
from shipments.fees.rules import (
    CLOSED,
    COLLECTED,
    CORRECTED,
    REFUNDED,
    Account,
    Channel,
    Entry,
    FeeLine,
    SecondLeg,
    account_of,
    fold_account,
    refuse_correcting,
    refuse_over_refund,
    second_leg,
)
from shipments.pieces import repository as pieces

MANAGES = frozenset({Role.SUPERVISOR, Role.AGENCY_HEAD})
"""Who may speak for another person's money."""


class Collecting(Struct, frozen=True, kw_only=True):
    """Money that a person took for a dossier, against a receipt."""

    dossier: str
    line: FeeLine
    channel: Channel
    amount: int
    receipt: str
    person: str | None = None
    at: datetime | None = None
    id: UUID | None = None


class Refunding(Struct, frozen=True, kw_only=True):
    """Money of a collection that a person gave back, against a voucher."""

    fee: UUID
    amount: int
    receipt: str
    channel: Channel | None = None
    reason: str | None = None
    person: str | None = None
    at: datetime | None = None
    id: UUID | None = None


class DossierFees(Struct, frozen=True, kw_only=True):
    """What a dossier costs and what was paid, for a form or a counter. `due` is the fee of its procedure's version.

    `second_leg` says who pays its way home, and by which rule.
    """

    dossier: str
    due: int | None
    collected: dict[FeeLine, int]
    refunded: dict[FeeLine, int]
    entries: tuple[Entry, ...]
    second_leg: SecondLeg | None = None


async def collect(collecting: Collecting, *, actor: Actor, now: datetime) -> Paid:
    """Record money taken; raises where the receipt was used already or the dossier is not the actor's to know of."""
    organisation, person = await whose(actor, collecting.person)
    at = _at(collecting.at, now)
    dossier = await _known_dossier(collecting.dossier, actor)
    body = {
        "dossier": dossier,
        "line": collecting.line.value,
        "channel": collecting.channel.value,
        "amount": collecting.amount,
        "receipt": collecting.receipt,
    }
    row = _row(
        COLLECTED, account_of(organisation, person, local_day(at)), body, actor, now, at=at, id_=collecting.id
    )
    return await _enter(row, actor, stated_at=collecting.at)


async def refund(refunding: Refunding, *, actor: Actor, now: datetime) -> Paid:
    """Record money given back, out of the hand of whoever gives it, whoever had taken it."""
    fee = await repository.get_entry(refunding.fee, actor)
    organisation, person = await whose(actor, refunding.person)
    at = _at(refunding.at, now)
    body = {
        "dossier": fee.dossier,
        "line": fee.line.value,
        "channel": (refunding.channel or fee.channel).value,
        "amount": refunding.amount,
        "receipt": refunding.receipt,
        "fee": str(fee.id),
        "reason": refunding.reason,
    }
    body = {name: value for name, value in body.items() if value is not None}
    row = _row(
        REFUNDED, account_of(organisation, person, local_day(at)), body, actor, now, at=at, id_=refunding.id
    )
    return await _enter(row, actor, stated_at=refunding.at, fee=fee)


async def correct(entry: UUID, reason: str, *, actor: Actor, now: datetime, id_: UUID | None = None) -> Paid:
    """Name an entry as mistaken; it counts no more, and stays readable with what corrected it."""
    found = await repository.get_entry(entry, actor)
    if found.organisation not in actor.sees:
        raise _not_yours()
    await whose(actor, found.person)
    async with unit_of_work():
        await lock_codes([found.account])
        found = await repository.get_entry(entry, actor)
        refuse_correcting(
            found,
            await repository.refunds_of([entry]),
            list((await repository.remittances_with([entry])).values()),
        )
        body = {"corrects": str(entry), "reason": reason}
        await record(
            [_row(CORRECTED, found.account, body, actor, now, organisation=found.organisation, id_=id_)]
        )
        return await repository.get_entry(entry, actor)


async def close_day(
    day: date, cash: int | None, *, person: str | None, actor: Actor, now: datetime
) -> Account:
    """Close a person's day with what it stands at now; raises where it stands closed already."""
    organisation, person = await whose(actor, person)
    code = account_of(organisation, person, day)
    async with unit_of_work():
        await lock_codes([code])
        found = await repository.accounts_of(actor, person=person, day=day, organisation=organisation)
        if not found:
            raise NotFound(
                "fee.no_money",
                vi="Người này không thu, hoàn khoản nào trong ngày.",
                en="This person took in and gave back nothing on that day.",
            )
        if found[0].state == "closed":
            raise Conflict(
                "fee.day_closed",
                vi="Ngày này đã chốt; khoản ghi muộn sẽ tự mở lại.",
                en="The day is closed; a late entry opens it by itself.",
            )
        covered = fold_account(code, undisputed(await row_set(code))).rows
        body: dict[str, Any] = {"rows": [str(each) for each in covered]}
        if cash is not None:
            body["cash"] = cash
        await record([_row(CLOSED, code, body, actor, now)])
        [account] = await repository.accounts_of(actor, person=person, day=day, organisation=organisation)
    return account


async def fees_for(piece: str, actor: Actor) -> tuple[DossierFees, ...]:
    """Give the money of a dossier, or of all dossiers that an item carries, as far as the actor may see them."""
    found = await pieces.get(piece, actor)
    codes = dict.fromkeys(code.removesuffix("-KQ") for code in (*found.dossiers, found.code))
    return tuple([await fees_of(code) for code in codes if await _is_seen(code, actor)])


async def _is_seen(code: str, actor: Actor) -> bool:
    try:
        return bool(await dossiers.get(code, actor))
    except NotFound:
        return False


async def fees_of(dossier: str) -> DossierFees:
    """Give what was paid for a dossier; what a caller may see of it is not asked here."""
    found = (await dossiers.find_many([dossier])).get(dossier)
    procedure = await procedure_of(found) if found else None
    entries = [entry for entry in await repository.entries_of_dossier(dossier) if entry.void_by is None]

    def total(kind: str) -> dict[FeeLine, int]:
        return {
            line: sum(entry.amount for entry in entries if (entry.kind, entry.line) == (kind, line))
            for line in FeeLine
        }

    return DossierFees(
        dossier=dossier,
        due=procedure.fee if procedure else None,
        collected=total(COLLECTED),
        refunded=total(REFUNDED),
        entries=tuple(entries),
        second_leg=await _second_leg(found) if found else None,
    )


async def _second_leg(dossier: Dossier) -> SecondLeg | None:
    constants = await law.constants_at(local_day(dossier.registered_at))
    return second_leg(dossier, await events_of_case(dossier.code), constants)


async def whose(actor: Actor, person: str | None) -> tuple[str, str]:
    """Name whose money the actor speaks of: one's own, or that of a person of the organisation for who manages it."""
    if actor.organisation is None:
        raise _not_yours()
    named = person or actor.person
    if named is None:
        raise Unprocessable(
            "fee.person_missing",
            vi="Khóa truy cập này không gắn với người nào; hãy nêu mã nhân viên.",
            en="This key belongs to no person; name the member of staff.",
            pointer="/person",
        )
    if actor.person is not None and named != actor.person and not actor.roles & MANAGES:
        raise _not_yours()
    if named != actor.person and not await people.list_people(actor.sees, code=named):
        raise Unprocessable(
            "fee.person_unknown",
            vi="Đơn vị không có nhân viên này.",
            en="Your organisation has no such member of staff.",
            pointer="/person",
        )
    return actor.organisation, named


async def _enter(row: Row, actor: Actor, *, stated_at: datetime | None, fee: Paid | None = None) -> Paid:
    """Record an entry once: the same one again changes nothing, another one under its id is refused."""
    content = row.content
    receipt = str(content.body["receipt"])
    # A number is locked as a code is, so that of two who use it at once one comes second.
    locks = [content.code, f"BL:{content.organisation}:{receipt}", *([fee.account] if fee else ())]
    async with unit_of_work():
        await lock_codes(locks)
        earlier = (await find_rows([content.id])).get(content.id)
        if earlier is not None:
            _refuse_other(earlier[0], row, stated_at)
            return await repository.get_entry(content.id, actor)
        if await repository.receipt_taken(str(content.organisation), receipt):
            raise Conflict(
                "fee.receipt_taken",
                vi="Số biên lai này đã dùng; mỗi lần thu một số.",
                en="This receipt number was used already; each payment has its own.",
                pointer="/receipt",
            )
        if fee is not None:
            refuse_over_refund(
                await repository.find_entry(fee.id),
                await repository.refunds_of([fee.id]),
                int(content.body["amount"]),
            )
        await record([row])
        return await repository.get_entry(content.id, actor)


def _refuse_other(earlier: Row, row: Row, stated_at: datetime | None) -> None:
    one, two = earlier.content, row.content
    same = (one.kind, one.body, one.organisation) == (two.kind, two.body, two.organisation)
    if not same or (stated_at is not None and one.occurred_at != two.occurred_at):
        raise Conflict(
            "fee.id_taken",
            vi="Mã này đã dùng cho khoản tiền khác.",
            en="This id stands for another entry.",
            pointer="/id",
        )


async def _known_dossier(code: str, actor: Actor) -> str:
    try:
        return (await dossiers.get(code, actor)).code
    except NotFound as error:
        raise Unprocessable(
            "fee.dossier_unknown",
            vi="Không tìm thấy hồ sơ này; hãy quét lại mã.",
            en="There is no such dossier; scan its code again.",
            pointer="/dossier",
        ) from error


def _at(stated: datetime | None, now: datetime) -> datetime:
    at = utc(stated or now)
    if at > now + TOLERANCE:
        raise Unprocessable(
            "fee.in_the_future",
            vi="Thời điểm thu, hoàn tiền ở tương lai.",
            en="The money would be taken in the future.",
            pointer="/occurred_at",
        )
    return min(at, utc(now))


def _not_yours() -> Forbidden:
    return Forbidden(
        "fee.not_yours",
        vi="Đây là tiền của người khác; cần kiểm soát viên.",
        en="This is another person's money; a supervisor may do it.",
    )


def _row(
    kind: str,
    account: str,
    body: dict[str, Any],
    actor: Actor,
    now: datetime,
    *,
    at: datetime | None = None,
    organisation: str | None = None,
    id_: UUID | None = None,
) -> Row:
    return authored(
        id=id_ or new_id(now),
        stream=Stream.RECORD,
        kind=kind,
        code=account,
        occurred_at=at or now,
        now=now,
        actor_organisation=organisation or actor.organisation,
        person=actor.person,
        body=body,
    )
