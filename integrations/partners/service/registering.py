"""Registering partners, changing and ending them, and their secrets. Each deed stands in the audit log."""

import secrets
from datetime import datetime, timedelta
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from integrations.outgoing.rules import target_of
from integrations.partners import repository
from integrations.partners.rules import (
    LARGEST_SETTINGS,
    Direction,
    Issued,
    NewPartner,
    Partner,
    PartnerChange,
    PartnerKind,
    Secret,
    changed,
    ended_by_rotation,
)
from integrations.partners.service.reading import get, unknown
from integrations.partners.service.setup import sealed
from integrations.signing.rules import SECRET_BYTES, secret_of
from postal.config import held
from postal.db import unit_of_work
from postal.errors import Conflict, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.identity.service.authority import note, require_governed
from postal.registry import partner_settings

LONGEST_OVERLAP = timedelta(days=30)


async def create(given: NewPartner, *, actor: Actor, now: datetime) -> Issued:
    """Register a partner of an organisation that the actor governs, with a secret for each direction."""
    _refuse_url(given.url)
    _refuse_settings(given.kind, given.settings)
    made = Partner(
        id=new_id(now),
        code=given.code,
        kind=given.kind,
        organisation=given.organisation,
        name=given.name,
        url=given.url,
        settings=given.settings,
        state="active",
        state_why=None,
        state_at=now,
        made_at=now,
    )
    async with unit_of_work():
        await require_governed(actor, given.organisation)
        if not await repository.add(made):
            raise Conflict(
                "partner.exists",
                vi=f"Mã đối tác {given.code} đã được dùng; hãy chọn mã khác",
                en=f"The partner code {given.code} is taken; choose another one",
                pointer="/code",
            )
        shown = {each: await _new_secret(made, each, now) for each in get_args(Direction)}
        await note(actor, now, "partner.created", made.code, organisation=made.organisation, kind=made.kind)
    return Issued(partner=made, **shown)


async def change(code: str, given: PartnerChange, *, actor: Actor, now: datetime) -> Partner:
    """Change a partner, pause it or let it go on; one that has ended stays so."""
    _refuse_url(given.url)
    async with unit_of_work():
        before = await _governed(code, actor)
        if given.settings is not None:
            _refuse_settings(before.kind, given.settings)
        after = changed(before, given, now)
        if after.state != before.state and not given.why:
            raise _why_needed()
        if after != before:
            await repository.put(after)
            fields = [
                name for name in Partner.__struct_fields__ if getattr(after, name) != getattr(before, name)
            ]
            await note(
                actor, now, "partner.changed", code, fields=fields, state=after.state, why=after.state_why
            )
    return after


async def end(code: str, why: str, *, actor: Actor, now: datetime) -> Partner:
    """End a partner for good; its secrets are forgotten at once."""
    if not why.strip():
        raise _why_needed()
    async with unit_of_work():
        before = await _governed(code, actor, ended=True)
        if before.state == "ended":
            return before
        after = replace(before, state="ended", state_why=why.strip(), state_at=now)
        await repository.put(after)
        await repository.drop_secrets(before.id)
        await note(actor, now, "partner.ended", code, why=after.state_why)
    return after


async def rotate(
    code: str, direction: Direction, until: datetime | None, *, actor: Actor, now: datetime
) -> Issued:
    """Make a new secret; the one before it counts until an instant (absent: a day), any older one ends now."""
    until = until if until is not None else now + timedelta(days=1)
    if not now <= until <= now + LONGEST_OVERLAP:
        raise Unprocessable(
            "partner.overlap",
            vi="Khóa cũ chỉ được dùng tiếp từ bây giờ đến nhiều nhất 30 ngày nữa; hãy chọn thời điểm trong khoảng đó",
            en="The old secret may count from now to 30 days at most; choose an instant between",
            pointer="/old_until",
        )
    async with unit_of_work():
        partner = await _governed(code, actor)
        ends = ended_by_rotation(await repository.secrets_of(partner.id, now, direction), until, now)
        await repository.end_secrets(sorted(ends.items()))
        made = await _new_secret(partner, direction, now)
        await note(
            actor, now, "partner.secret_rotated", code, direction=direction, old_until=until.isoformat()
        )
    return Issued(partner=partner, **{direction: made})


async def _governed(code: str, actor: Actor, *, ended: bool = False) -> Partner:
    """Find and hold a partner that the actor governs."""
    seen = await get(code, actor)
    await require_governed(actor, seen.organisation)
    partner = await repository.lock(code)
    if partner is None:
        raise unknown()
    if partner.state == "ended" and not ended:
        raise Conflict(
            "partner.ended",
            vi="Đối tác này đã ngừng hẳn; hãy đăng ký đối tác mới",
            en="This partner has ended for good; register a new one",
        )
    return partner


async def _new_secret(partner: Partner, direction: Direction, now: datetime) -> str:
    plain = secret_of(secrets.token_bytes(SECRET_BYTES))
    identifier = new_id(now)
    kept = Secret(
        id=identifier,
        direction=direction,
        sealed=sealed(identifier, plain),
        made_at=now,
        valid_until=None,
    )
    await repository.add_secret(partner.id, kept)
    return plain


def _refuse_url(url: str | None) -> None:
    if url is not None and target_of(url, held().outgoing.trusted) is None:
        raise Unprocessable(
            "partner.url",
            vi="Địa chỉ phải là https:// và một tên miền công khai, cổng 443 hoặc 8443",
            en="The address must be https:// and a public name, port 443 or 8443",
            pointer="/url",
        )


def _refuse_settings(kind: PartnerKind, given: dict[str, Any]) -> None:
    if len(msgspec.json.encode(given)) > LARGEST_SETTINGS:
        raise Unprocessable(
            "partner.settings",
            vi=f"Phần thiết lập dài quá {LARGEST_SETTINGS} byte; hãy bỏ bớt",
            en=f"The settings are over {LARGEST_SETTINGS} bytes; leave some out",
            pointer="/settings",
        )
    wanted = partner_settings().get(kind.value)
    if wanted is None:
        return
    try:
        msgspec.convert(given, wanted)
    except msgspec.ValidationError as error:
        raise Unprocessable(
            "partner.settings_form",
            vi=f"Phần thiết lập không đúng quy định của loại đối tác này: {error}",
            en=f"The settings do not fit this kind of partner: {error}",
            pointer="/settings",
        ) from error


def _why_needed() -> Unprocessable:
    return Unprocessable(
        "partner.why",
        vi="Hãy ghi lý do; lý do được lưu cùng tên người thực hiện",
        en="Say why; it is kept with who did it",
        pointer="/why",
    )
