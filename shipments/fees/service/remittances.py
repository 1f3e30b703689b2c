"""Handing money over by a list, counting it, and settling what differs; each is a record under the list's code."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, Unavailable, Unprocessable
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes, row_set
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.fees import repository
from shipments.fees.rules import (
    COUNTED,
    HANDED,
    SETTLED,
    WITHDRAWN,
    Channel,
    Entry,
    Remittance,
    Settlement,
    account_of,
    is_safe,
    refuse_counting,
    refuse_settling,
    refuse_withdrawing,
    remittable,
    remittance_code,
    safe_of,
)
from shipments.fees.service.entries import whose

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not taken for one another when read aloud or typed from paper."""

SUFFIX_LENGTH = 8
TRIES = 5
MOST_LINES = 1000


class Chosen(Struct, frozen=True, kw_only=True):
    """One collection on a list; without an amount all that is left of it."""

    fee: UUID
    amount: int | None = None


class Handing(Struct, frozen=True, kw_only=True):
    """A list to be made: these collections, or all that are in hand but some; without a receiver the own office.

    `of_office` hands on what the office has counted, out of its safe.
    """

    channel: Channel = Channel.CASH
    receiver: str | None = None
    person: str | None = None
    fees: tuple[Chosen, ...] | None = None
    but: tuple[UUID, ...] = ()
    of_office: bool = False


async def hand(handing: Handing, *, actor: Actor, now: datetime) -> Remittance:
    """Make the list of what a person hands over; until the receiver has counted it, it is still in the giver's hand."""
    organisation, person = await _giver(handing, actor)
    receiver = handing.receiver or organisation
    if handing.of_office and receiver == organisation:
        raise Unprocessable(
            "remittance.to_itself",
            vi="Hãy nêu cơ quan nhận tiền; tiền đã ở quỹ của đơn vị.",
            en="Name the agency that gets the money; it is in your own safe already.",
            pointer="/receiver",
        )
    if receiver not in await network.find_many([receiver]):
        raise Unprocessable(
            "remittance.receiver_unknown",
            vi=f"Không có đơn vị {receiver}.",
            en=f"There is no organisation {receiver}.",
            pointer="/receiver",
        )
    home = account_of(organisation, person, local_day(now))
    async with unit_of_work():
        accounts = [account.code for account in await repository.open_accounts(organisation, person)]
        safe = safe_of(receiver, local_day(now))
        await lock_codes([home, safe, *accounts])
        lines = await (_from_safes if handing.of_office else _lines)(handing, accounts)
        if not lines:
            raise Conflict(
                "remittance.empty",
                vi="Không còn khoản nào trong tay để nộp.",
                en="There is nothing in hand that could be handed over.",
            )
        code = await _code(now)
        body = {
            "home": home,
            "receiver": receiver,
            "safe": safe,
            "channel": handing.channel.value,
            "lines": lines,
        }
        subjects = sorted({home, safe, *(line["account"] for line in lines)})
        await record([_row(HANDED, code, body, organisation, actor, now, subjects)])
        return await repository.get_remittance(code, actor)


async def count(code: str, lines: Sequence[tuple[str, int]], *, actor: Actor, now: datetime) -> Remittance:
    """Record what the receiver counted, by receipt; a later count adds to it, as when what was short is paid in."""
    async with unit_of_work():
        found = await _locked(code, actor)
        if found.receiver not in actor.sees:
            raise _other_side()
        refuse_counting(found, person=actor.person)
        body = {"lines": [{"receipt": receipt, "amount": amount} for receipt, amount in lines]}
        await record([_row(COUNTED, code, body, found.receiver, actor, now)])
        return await repository.get_remittance(code, actor)


async def settle(
    code: str, receipt: str, resolution: Settlement, *, actor: Actor, now: datetime
) -> Remittance:
    """State how a difference ended; another difference of that line later is open again."""
    async with unit_of_work():
        found = await _locked(code, actor)
        if actor.person is not None and actor.person == found.person:
            raise Forbidden(
                "remittance.own_settlement",
                vi="Người nộp không được tự giải trình chênh lệch của mình.",
                en="Who handed the money over does not settle the own difference.",
            )
        side = next((one for one in (found.receiver, found.organisation) if one in actor.sees), None)
        if side is None:
            raise _other_side()
        line = refuse_settling(found, receipt)
        body = {
            "receipt": receipt,
            "class": line.line_class.value,
            "counted": line.counted,
            "resolution": resolution.value,
        }
        await record([_row(SETTLED, code, body, side, actor, now)])
        return await repository.get_remittance(code, actor)


async def withdraw(code: str, *, actor: Actor, now: datetime) -> Remittance:
    """Take a list back before anybody has counted; its money is as it was."""
    async with unit_of_work():
        found = await _locked(code, actor)
        if found.organisation not in actor.sees:
            raise _other_side()
        handed = next(row for row in (await row_set(code)).rows if row.content.kind == HANDED)
        of_office = is_safe(handed.content.body["home"])
        await _giver(Handing(person=None if of_office else found.person, of_office=of_office), actor)
        refuse_withdrawing(found)
        body = {"corrects": str(handed.content.id)}
        await record([_row(WITHDRAWN, code, body, found.organisation, actor, now)])
        return await repository.get_remittance(code, actor)


async def _giver(handing: Handing, actor: Actor) -> tuple[str, str]:
    """Name whose money it is; a safe's is the office's, and only who counts or supervises opens it."""
    if not handing.of_office:
        return await whose(actor, handing.person)
    if actor.organisation is None or (actor.person is not None and not actor.roles & repository.OVERSEES):
        raise Forbidden(
            "remittance.safe",
            vi="Chỉ người kiểm đếm hoặc kiểm soát viên được nộp tiền từ quỹ của đơn vị.",
            en="Only who counts money or supervises hands on what is in the safe.",
        )
    return actor.organisation, ""


async def _locked(code: str, actor: Actor) -> Remittance:
    await repository.get_remittance(code, actor)
    await lock_codes([code])
    return await repository.get_remittance(code, actor)


async def _lines(handing: Handing, accounts: Sequence[str]) -> list[dict[str, Any]]:
    entries = await repository.entries_of_accounts(accounts)
    fees = {entry.id: entry for entry in entries if entry.channel is handing.channel}
    refunds: dict[UUID, int] = {}
    for refund in await repository.refunds_of(fees):
        if refund.void_by is None and refund.fee is not None:
            refunds[refund.fee] = refunds.get(refund.fee, 0) + refund.amount
    taken = await repository.remittances_with(fees)
    free = {fee.id: (fee, left) for fee, left in remittable(fees.values(), refunds, taken)}
    if handing.fees is None:
        chosen = [pair for pair in free.values() if pair[0].id not in handing.but]
    else:
        chosen = [_chosen(n, each, free, taken) for n, each in enumerate(handing.fees)]
    return [
        {"receipt": fee.receipt, "amount": amount, "account": fee.account, "fee": str(fee.id)}
        for fee, amount in chosen[:MOST_LINES]
    ]


async def _from_safes(handing: Handing, accounts: Sequence[str]) -> list[dict[str, Any]]:
    """List what is left in the safes, each receipt once; what another day has under the same number goes next time."""
    chosen = None if handing.fees is None else {each.fee: each.amount for each in handing.fees}
    lines: dict[str, dict[str, Any]] = {}
    for left in await repository.left_in_safes(accounts, handing.channel):
        if left.fee in handing.but or (chosen is not None and left.fee not in chosen):
            continue
        amount = left.amount if chosen is None or left.fee is None else chosen[left.fee] or left.amount
        line = {"receipt": left.receipt, "amount": min(amount, left.amount), "account": left.account}
        lines.setdefault(left.receipt, line | ({"fee": str(left.fee)} if left.fee else {}))
    return list(lines.values())[:MOST_LINES]


def _chosen(
    n: int, chosen: Chosen, free: dict[UUID, tuple[Entry, int]], taken: dict[UUID, str]
) -> tuple[Entry, int]:
    if chosen.fee in taken:
        raise Conflict(
            "remittance.listed_already",
            vi=f"Khoản này đang ở bảng kê nộp tiền {taken[chosen.fee]}.",
            en=f"This entry is on remittance {taken[chosen.fee]}.",
            pointer=f"/fees/{n}/fee",
            remittance=taken[chosen.fee],
        )
    if chosen.fee not in free:
        raise Unprocessable(
            "remittance.not_in_hand",
            vi="Khoản này không còn trong tay người nộp, hoặc khác hình thức thanh toán.",
            en="This entry is not in the giver's hand, or was paid through another channel.",
            pointer=f"/fees/{n}/fee",
        )
    fee, left = free.pop(chosen.fee)
    return fee, chosen.amount or left


async def _code(now: datetime) -> str:
    for _ in range(TRIES):
        # Random, so that nobody who has seen one can guess another one.
        suffix = "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX_LENGTH))
        code = remittance_code(local_day(now), suffix)
        if not await repository.remittance_exists(code):
            return code
    raise Unavailable(
        "remittance.no_code", vi="Chưa cấp được mã, hãy thử lại.", en="No code could be chosen, try again."
    )


def _other_side() -> Forbidden:
    return Forbidden(
        "remittance.other_side",
        vi="Việc này thuộc bên kia của bảng kê nộp tiền.",
        en="That is for the other side of the remittance to do.",
    )


def _row(
    kind: str,
    code: str,
    body: dict[str, Any],
    organisation: str,
    actor: Actor,
    now: datetime,
    subjects: Sequence[str] = (),
) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=now,
        now=now,
        actor_organisation=organisation,
        person=actor.person,
        body=body,
        subjects=subjects,
    )
