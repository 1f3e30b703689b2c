"""The life of a manifest: drafts are edited, sealing fixes them, and each later step is a record of the ledger."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from manifests.manifests import repository
from manifests.manifests.rules import (
    ALPHABET,
    SUFFIX_LENGTH,
    Action,
    Manifest,
    State,
    acts,
    canonical_text,
    code_of,
    digest_of,
    draft_of,
    far_from,
    may,
)
from postal.db import unit_of_work
from postal.errors import BadInput, Conflict, Forbidden, Unavailable, Unprocessable
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored, record
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.custody.repository import closure, visible
from shipments.pieces.rules import CodeKind, Refusal, kind_of, normalise

TRIES = 20


async def create(
    *,
    receiver: str,
    giver: str | None = None,
    carrier: str | None = None,
    route: str | None = None,
    cut_off: datetime | None = None,
    note: str | None = None,
    lines: Sequence[str] = (),
    actor: Actor,
    now: datetime,
) -> Manifest:
    """Make a draft, with its lines if they are given; the giver is the actor's organisation or one before it."""
    giver = giver or actor.organisation
    if giver is None or giver not in actor.sees:
        raise Forbidden(
            "manifest.not_giver", vi="Chỉ bên giao lập được bảng kê", en="Only the giver makes a manifest"
        )
    await _check_parties(giver, receiver, carrier)
    async with unit_of_work():
        draft = await add(
            draft_of(
                giver=giver,
                receiver=receiver,
                carrier=carrier,
                route=route,
                cut_off=cut_off,
                note=note,
                created_at=now,
            )
        )
        if lines:
            await put_lines(draft.code, await _known(lines, actor))
        return await repository.get(draft.code, actor)


async def add(draft: Manifest) -> Manifest:
    """Add a draft under a fresh code, within the caller's unit of work."""
    day = local_day(draft.created_at)
    taken = await repository.codes_of_day(code_of(day, ""))
    for _ in range(TRIES):
        # Random, so that nobody who has seen one manifest can guess another one.
        code = code_of(day, "".join(secrets.choice(ALPHABET) for _ in range(SUFFIX_LENGTH)))
        if far_from(code, taken) and await repository.add_draft(replace(draft, code=code)):
            return replace(draft, code=code)
    raise Unavailable(
        "manifest.no_code",
        vi="Chưa cấp được mã bảng kê, hãy thử lại",
        en="No code could be chosen, try again",
    )


async def edit(code: str, pieces: Sequence[str], *, actor: Actor) -> Manifest:
    """Replace the list of a draft."""
    manifest = await repository.get(code, actor)
    require(Action.EDIT, manifest, actor)
    known = await _known(pieces, actor)
    async with unit_of_work():
        if await repository.lock(code) is not State.DRAFT:
            raise not_now(Action.EDIT, await repository.get(code, actor))
        await put_lines(code, known)
        return await repository.get(code, actor)


async def put_lines(code: str, pieces: Sequence[str]) -> None:
    """Put pieces on a draft; raises Conflict that names the other open manifest which has one of them."""
    if taken := await repository.put_lines(code, pieces):
        others = await repository.open_manifests_of(taken)
        first = min(taken, key=pieces.index)
        raise Conflict(
            "manifest.piece_on_other",
            vi=f"{first} đang ở bảng kê {others.get(first, 'khác')}",
            en=f"{first} is on manifest {others.get(first, 'another one')}",
            pointer=f"/lines/{pieces.index(first)}",
            piece=first,
            manifest=others.get(first),
            pieces={piece: others.get(piece) for piece in sorted(taken)},
        )


async def seal(code: str, *, actor: Actor, now: datetime) -> Manifest:
    """Fix the list for good and give its digest."""
    manifest = await repository.get(code, actor)
    require(Action.SEAL, manifest, actor)
    async with unit_of_work():
        await hold(manifest)
        return await seal_held(code, actor=actor, now=now)


async def seal_held(code: str, *, actor: Actor, now: datetime) -> Manifest:
    """Seal a manifest that is held, within the caller's unit of work."""
    # What another request did to the draft before the lock was ours.
    manifest = await repository.get(code, actor)
    require(Action.SEAL, manifest, actor)
    if not manifest.lines:
        raise Conflict(
            "manifest.empty", vi="Bảng kê chưa có dòng nào", en="The manifest has no lines", manifest=code
        )
    text = canonical_text(code, manifest.giver, manifest.receiver, manifest.carrier, now, manifest.pieces)
    body = _header(manifest) | {"digest": digest_of(text), "lines": list(manifest.pieces)}
    await record([_row("manifest.sealed", manifest, body, actor, now)])
    return await repository.get(code, actor)


async def dispatch(code: str, *, actor: Actor, now: datetime) -> Manifest:
    """Send the manifest on its way: its giver offers every line that it holds."""
    return await _step(Action.DISPATCH, "manifest.dispatched", code, {}, actor=actor, now=now)


async def dispatch_held(code: str, *, actor: Actor, now: datetime) -> Manifest:
    """Send a manifest that is held on its way, within the caller's unit of work."""
    return await _step_held(Action.DISPATCH, "manifest.dispatched", code, {}, actor=actor, now=now)


async def receive(code: str, *, actor: Actor, now: datetime, at: datetime | None = None) -> Manifest:
    """Take over the manifest as a whole by its barcode; its lines stay unverified until they are scanned."""
    if at is not None and at > now:
        raise BadInput(
            "manifest.future", vi="Thời điểm nhận ở tương lai", en="The time is in the future", pointer="/at"
        )
    manifest = await repository.get(code, actor)
    require(Action.RECEIVE, manifest, actor)
    scan = authored(
        stream=Stream.SCAN,
        kind="receive",
        code=code,
        occurred_at=at or now,
        now=now,
        actor_organisation=manifest.receiver,
        person=actor.person,
        body={"manifest": code, "counterparty": manifest.giver},
    )
    return await _step(Action.RECEIVE, "manifest.received", code, {}, scan, actor=actor, now=now)


async def cancel(code: str, *, actor: Actor, now: datetime) -> Manifest:
    """Give up a manifest that has not left; its pieces are free again."""
    manifest = await repository.get(code, actor)
    body = _header(manifest) | {"lines": list(manifest.pieces), "from": manifest.state.value}
    return await _step(Action.CANCEL, "manifest.cancelled", code, body, actor=actor, now=now)


async def hold(*several: Manifest) -> None:
    """Lock manifests, their pieces and what is packed in them, until the end of the unit of work.

    All at once and before any row, in the order that every writer of the ledger keeps: whoever needs several
    manifests names them in one call.
    """
    pieces = {piece for manifest in several for piece in manifest.pieces}
    await lock_codes({*(manifest.code for manifest in several), *pieces, *await closure(pieces)})
    for manifest in sorted(several, key=lambda one: one.code):
        await repository.lock(manifest.code)


async def _step(
    action: Action, kind: str, code: str, body: dict[str, Any], *rows: Row, actor: Actor, now: datetime
) -> Manifest:
    manifest = await repository.get(code, actor)
    require(action, manifest, actor)
    async with unit_of_work():
        await hold(manifest)
        return await _step_held(action, kind, code, body, *rows, actor=actor, now=now)


async def _step_held(
    action: Action, kind: str, code: str, body: dict[str, Any], *rows: Row, actor: Actor, now: datetime
) -> Manifest:
    manifest = await repository.get(code, actor)
    require(action, manifest, actor)
    await record([_row(kind, manifest, body, actor, now), *rows])
    return await repository.get(code, actor)


def require(action: Action, manifest: Manifest, actor: Actor) -> None:
    """Raise unless the action is this actor's to do, and the state allows it."""
    if not acts(action, manifest, actor.sees):
        raise Forbidden(
            "manifest.not_yours",
            vi="Việc này thuộc bên kia của bảng kê",
            en="That is for the other side of the manifest to do",
            manifest=manifest.code,
        )
    if not may(action, manifest):
        raise not_now(action, manifest)


def not_now(action: Action, manifest: Manifest) -> Conflict:
    """Say that the state of a manifest does not allow an action."""
    about = {"manifest": manifest.code, "state": manifest.state.value}
    if action in {Action.EDIT, Action.SEAL}:
        return Conflict("manifest.sealed", vi="Bảng kê đã niêm phong", en="The manifest is sealed", **about)
    if manifest.state is State.DRAFT:
        return Conflict(
            "manifest.not_sealed", vi="Bảng kê chưa niêm phong", en="The manifest is not sealed yet", **about
        )
    if action is Action.RECEIVE and manifest.state is State.CLOSED:
        return Conflict(
            "manifest.closed",
            vi="Bảng kê đã chốt; hãy quét nhận từng bưu gửi, chênh lệch sẽ được xem lại",
            en="The manifest is closed; scan each piece, and its discrepancies are looked at again",
            **about,
        )
    return Conflict(
        "manifest.state",
        vi=f"Bảng kê đang ở trạng thái {manifest.state}",
        en=f"The manifest is {manifest.state}",
        **about,
    )


def _header(manifest: Manifest) -> dict[str, Any]:
    header = {
        "giver": manifest.giver,
        "receiver": manifest.receiver,
        "carrier": manifest.carrier,
        "route": manifest.route,
        "cut_off": canonical_instant(manifest.cut_off) if manifest.cut_off else None,
        "created_at": canonical_instant(manifest.created_at),
    }
    return {name: value for name, value in header.items() if value is not None}


def _row(kind: str, manifest: Manifest, body: dict[str, Any], actor: Actor, now: datetime) -> Row:
    side = manifest.receiver if kind in {"manifest.received", "manifest.closed"} else manifest.giver
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=manifest.code,
        occurred_at=now,
        now=now,
        actor_organisation=side,
        person=actor.person,
        body=body,
        subjects=manifest.pieces if kind == "manifest.sealed" else (),
    )


async def _known(codes: Sequence[str], actor: Actor) -> list[str]:
    """Read codes as typed or scanned, once each; raises Unprocessable for one that the actor cannot see."""
    pieces: list[str] = []
    for index, typed in enumerate(codes):
        code = normalise(typed)
        if isinstance(code, Refusal):
            raise BadInput(
                "manifest.piece_code", vi=code.vi, en=code.en, pointer=f"/lines/{index}", piece=typed
            )
        if kind_of(code) in (CodeKind.MANIFEST, CodeKind.TRIP):
            raise Unprocessable(
                "manifest.line_no_piece",
                vi=f"{code} là mã bảng kê hoặc chuyến thư, không phải bưu gửi",
                en=f"{code} is a manifest or a trip, no piece",
                pointer=f"/lines/{index}",
                piece=code,
            )
        if code in pieces:
            raise BadInput(
                "manifest.piece_twice",
                vi=f"{code} có hai lần trong bảng kê",
                en=f"{code} is on the list twice",
                pointer=f"/lines/{index}",
                piece=code,
            )
        pieces.append(code)
    seen = await visible(pieces, actor)
    for index, code in enumerate(pieces):
        if code not in seen:
            raise Unprocessable(
                "manifest.piece_unknown",
                vi=f"Không tìm thấy {code}",
                en=f"There is no {code}",
                pointer=f"/lines/{index}",
                piece=code,
            )
    return pieces


async def _check_parties(giver: str, receiver: str, carrier: str | None) -> None:
    wanted: Collection[str] = {receiver, carrier or receiver}
    known = await network.find_many(wanted)
    for pointer, code in (("/receiver", receiver), ("/carrier", carrier)):
        if code is not None and code not in known:
            raise Unprocessable(
                "manifest.party_unknown",
                vi=f"Không có đơn vị {code}",
                en=f"There is no organisation {code}",
                pointer=pointer,
            )
    if receiver == giver:
        raise Unprocessable(
            "manifest.same_party",
            vi="Bên giao và bên nhận phải khác nhau",
            en="Giver and receiver must differ",
            pointer="/receiver",
        )
