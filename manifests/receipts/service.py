"""Receipts of handovers: the signed promise at once, the proof under the same number, and checking either."""

import base64
import secrets
from datetime import datetime
from typing import Any

import msgspec

from manifests.manifests import repository as manifests
from manifests.manifests.rules import ALPHABET, WITH_RECEIPT, Manifest
from manifests.manifests.service import hold
from manifests.receipts import repository
from manifests.receipts.rules import (
    KIND,
    PROMISED,
    Handover,
    Receipt,
    Verdict,
    body_of,
    handover_of,
    number_of,
    promise_of,
    says_the_same,
)
from manifests.reconciliation.service import judge
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, NotFound, PostalError
from postal.identity.rules import Actor
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from postal.network.rules import local_day
from postal.proof import repository as log
from postal.proof import service as proofs
from postal.proof import standalone
from postal.proof.rules import entry, leaf_hash, signed_promise
from postal.proof.service import Proof
from postal.proof.signing import Signer
from postal.proof.verification import known_keys

SUFFIX_LENGTH = 8


async def issue(code: str, *, actor: Actor, signer: Signer, now: datetime) -> Receipt:
    """Record how a handover stands and promise to both parties that the log will have it.

    The last receipt is given again when nothing has happened since.
    """
    manifest = await manifests.get(code, actor)
    _require_handover(manifest, actor)
    async with unit_of_work():
        await hold(manifest)
        manifest = await manifests.get(code, actor)
        _require_handover(manifest, actor)
        result, _ = await judge(manifest, now=now)
        handover = handover_of(manifest, await repository.rows_under(code), result)
        last = await repository.newest_of(code)
        if last is not None and says_the_same(last.record.content.body, handover):
            return last
        return await _record(manifest, handover, actor, signer, now)


async def _record(
    manifest: Manifest, handover: Handover, actor: Actor, signer: Signer, now: datetime
) -> Receipt:
    by = now + PROMISED
    suffix = "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX_LENGTH))
    number = number_of(local_day(now), suffix)
    row = authored(
        stream=Stream.RECORD,
        kind=KIND,
        code=manifest.code,
        occurred_at=now,
        now=now,
        actor_organisation=manifest.giver if manifest.giver in actor.sees else manifest.receiver,
        person=actor.person,
        body=body_of(number, manifest, handover, by),
    )
    await record([row])
    await log.add_key(signer.public, signer.role, signer.name, now)
    promise = promise_of(manifest, handover, row, by)
    receipt = Receipt(
        number=number,
        manifest=manifest.code,
        record=row,
        promise=signed_promise(promise, signer.name, signer.public, signer.sign),
        leaves=handover.leaves,
    )
    await repository.add(receipt)
    return receipt


async def get(number: str, actor: Actor) -> tuple[Receipt, Proof | None, str | None]:
    """Get a receipt for a party of its manifest, with its proof if the log has it, and a checkpoint if there is one."""
    receipt = await repository.find(number, actor)
    if receipt is None:
        raise NotFound(
            "receipt.not_found",
            vi="Không tìm thấy biên nhận này; hãy kiểm tra lại số",
            en="There is no such receipt; check its number",
        )
    proof = await proofs.inclusion(receipt.record)
    if proof is not None:
        return receipt, proof, proof.checkpoint.note
    newest = await log.newest()
    return receipt, None, newest.note if newest is not None else None


async def check(text: str, now: datetime) -> Verdict:
    """Check a promise or a receipt that somebody holds, by its signature and against the log as it is now."""
    keys = await known_keys()
    try:
        if text.lstrip().startswith("{"):
            told = await _check_receipt(text, keys)
        else:
            told = await _check_promise(text.strip().replace("\r\n", "\n") + "\n", keys, now)
        code = told.pop("code")
    except standalone.Wrong as wrong:
        code, told = wrong.code, wrong.about
    except PostalError as refused:
        return Verdict(code=refused.code, verified=False, vi=refused.vi, en=refused.en)
    vi, en = standalone.SENTENCES[code]
    return Verdict(code=code, verified=code in standalone.GOOD, vi=vi, en=en, about=told)


async def _check_receipt(text: str, keys: list[standalone.Key]) -> dict[str, Any]:
    told = standalone.check_receipt(text, keys)
    note = msgspec.json.decode(text)["checkpoint"]
    newest = standalone.checkpoint_of((await proofs.checkpoint()).note, keys)
    if note is None:
        return told
    given = standalone.checkpoint_of(note, keys)
    if not 0 < given.size < newest.size:
        old, new = sorted((given, newest), key=lambda one: (one.era, one.size))
        standalone.check_consistency(old, new, None)
        return told
    path = [base64.b64encode(step).decode() for step in await proofs.consistency(given.size, newest.size)]
    standalone.check_consistency(given, newest, msgspec.json.encode({"path": path}).decode())
    return told


async def _check_promise(text: str, keys: list[standalone.Key], now: datetime) -> dict[str, Any]:
    promise = standalone.promise_of(text, keys)
    receipt = await repository.find(promise["number"], None)
    if receipt is not None and await _is_in_log(receipt, promise["leaf"]):
        return standalone.check_promise(text, keys, [promise["leaf"]])
    if now > promise["by"]:
        raise standalone.Wrong("receipt.not_kept", by=promise["by"].isoformat())
    return standalone.check_promise(text, keys, [])


async def _is_in_log(receipt: Receipt, leaf: bytes) -> bool:
    return leaf == leaf_hash(entry(receipt.record)) and await proofs.inclusion(receipt.record) is not None


def _require_handover(manifest: Manifest, actor: Actor) -> None:
    if actor.sees.isdisjoint({manifest.giver, manifest.receiver}):
        raise Forbidden(
            "manifest.not_yours",
            vi="Việc này thuộc bên kia của bảng kê",
            en="That is for the other side of the manifest to do",
            manifest=manifest.code,
        )
    if manifest.state not in WITH_RECEIPT:
        raise Conflict(
            "receipt.nothing_received",
            vi="Bên nhận chưa quét gì của bảng kê này; hãy lấy biên nhận khi đang nhận hoặc sau khi chốt",
            en="The receiver has scanned nothing of this manifest yet; get the receipt while receiving or after",
            manifest=manifest.code,
            state=manifest.state.value,
        )
