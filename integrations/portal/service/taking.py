"""Taking in what agencies' systems say by the portal's fields, through the same services that the API uses."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from integrations.inbox.rules import TOO_EARLY, Inbound, Understood
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from integrations.portal import repository
from integrations.portal.rules import (
    FIELDS,
    FieldError,
    Implied,
    PortalDossier,
    PortalProgress,
    code_of,
    event_id,
    fields_of,
    implied,
    implied_by,
    new_dossier,
    rows_of,
    settings_of,
)
from integrations.portal.service.cases import Cases, RowError
from postal.db import unit_of_work
from postal.errors import Unavailable
from postal.identity.rules import Actor
from shipments.dossiers import batches
from shipments.dossiers import repository as stored
from shipments.dossiers.api import registering_of
from shipments.dossiers.rules import CaseKind, Registering, Status
from shipments.dossiers.schemas import NewDossier
from shipments.pieces import repository as pieces

log = structlog.get_logger("integrations.portal")

AT_ONCE = 100
"""Rows that share a unit of work."""


class Sender(Struct, frozen=True, kw_only=True):
    """Whose message it is, and as whom it acts."""

    partner: Partner
    actor: Actor
    received_at: datetime


class Taken(Struct):
    """A row while it is taken: what it says, and what became of it."""

    answer: dict[str, Any]
    code: str = ""
    row: PortalDossier | PortalProgress | None = None
    told: Sequence[Implied] = ()

    @property
    def stands(self) -> bool:
        """Tell whether nothing refused it yet."""
        return "error_code" not in self.answer

    def refuse(self, refused: FieldError | RowError) -> None:
        """Say why it is not taken."""
        self.answer |= {"error_code": refused.code, "message": refused.vi} | refused.told


Taking = Callable[[Sequence[Taken], Sender, datetime], Awaitable[None]]


async def dossiers(inbound: Inbound, now: datetime) -> Understood:
    """Take rows of DongBoHoSoMC: register what is new, and state what they tell of the rest."""
    return await _each(inbound, now, PortalDossier, _dossiers)


async def progress(inbound: Inbound, now: datetime) -> Understood:
    """Take rows of CapNhatTienDoHoSoMC."""
    return await _each(inbound, now, PortalProgress, _progress)


async def _each(inbound: Inbound, now: datetime, kind: type[Struct], take: Taking) -> Understood:
    try:
        rows = [_read(row, kind) for row in rows_of(inbound.raw, inbound.kind)]
    except FieldError as refused:
        return Understood(state="failed", code=refused.code, message=refused.vi)
    actor = await partners.actor_of(inbound.partner, now)
    sender = Sender(partner=inbound.partner, actor=actor, received_at=inbound.received_at)
    for start in range(0, len(rows), AT_ONCE):
        await _together([row for row in rows[start : start + AT_ONCE] if row.stands], take, sender, now)
    return _understood([{"error_code": "0", "message": ""} | row.answer for row in rows])


def _understood(results: list[dict[str, Any]]) -> Understood:
    failed = [result for result in results if result["error_code"] != "0"]
    early = [result for result in failed if result.get("outcome") == "too_early"]
    if early:
        # Rows that were taken stay taken, and count as repeated when the message is tried again.
        waits = tuple(dict.fromkeys(result["MaHoSo"] for result in early))
        message = early[0]["message"]
        return Understood(state="failed", code=TOO_EARLY, message=message, subjects=waits, results=results)
    subjects = tuple(dict.fromkeys(result["MaHoSo"] for result in results if result.get("MaHoSo")))
    if not failed:
        return Understood(state="done", results=results, subjects=subjects)
    return Understood(
        state="partly" if len(failed) < len(results) else "failed",
        code=failed[0]["error_code"],
        message=failed[0]["message"],
        subjects=subjects,
        results=results,
    )


def _read(raw: object, kind: type[Struct]) -> Taken:
    code = raw.get("MaHoSo") if isinstance(raw, dict) else None
    taken = Taken({"MaHoSo": code if isinstance(code, str) and len(code) <= 60 else ""})
    try:
        row, unknown = fields_of(kind, raw)
        if unknown:
            taken.answer["unknown_fields"] = list(unknown)[:50]
        if isinstance(row, PortalDossier):
            taken.row, taken.told = row, implied(row)
            taken.code = code_of(row)
        elif isinstance(row, PortalProgress):
            taken.row, taken.told = row, [implied_by(row)]
            taken.code = code_of(row)
    except FieldError as refused:
        taken.refuse(refused)
    return taken


async def _together(rows: Sequence[Taken], take: Taking, sender: Sender, now: datetime) -> None:
    """Take rows in one unit of work; where that fails as a whole, each alone, so that one takes no other with it."""
    kept = [dict(row.answer) for row in rows]
    try:
        async with unit_of_work():
            await take(rows, sender, now)
    except Unavailable:
        raise
    except Exception:
        if len(rows) <= 1:
            raise
        for row, answer in zip(rows, kept, strict=True):
            row.answer = answer
            await _alone(row, take, sender, now)


async def _alone(row: Taken, take: Taking, sender: Sender, now: datetime) -> None:
    try:
        await _together([row], take, sender, now)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever one row does, the others are taken
        log.warning("a row could not be taken", kind=type(row.row).__name__, error=type(error).__name__)
        row.refuse(
            RowError(
                "portal.row_failed",
                "Không xử lý được hồ sơ này; quản trị viên cần xem và cho chạy lại",
                "This row could not be taken; an administrator has to look and run it again",
            )
        )


async def _dossiers(rows: Sequence[Taken], sender: Sender, now: datetime) -> None:
    known = await pieces.find_many({row.code for row in rows})
    new: list[tuple[Taken, Registering]] = []
    for row in rows:
        if row.code in known:
            row.answer["outcome"] = "repeated"
            continue
        try:
            new.append((row, _registering(row, sender)))
        except (FieldError, RowError) as refused:
            row.refuse(refused)
    if new:
        took = await batches.register_within([each for _, each in new], actor=sender.actor, now=now)
        for (row, _), became in zip(new, took, strict=True):
            row.answer["outcome"] = "registered" if became.state == "new" else "repeated"
            if became.error is not None:
                row.refuse(RowError.of(became.error))
        await repository.hear([each.id for _, each in new if each.id], sender.partner.id)
    await _state([row for row in rows if row.stands], sender, now)


def _registering(taken: Taken, sender: Sender) -> Registering:
    row = taken.row
    if not isinstance(row, PortalDossier):
        raise TypeError("only DongBoHoSoMC registers")
    settings = settings_of(sender.partner.settings)
    own = sender.partner.organisation
    asked = new_dossier(
        row,
        authority=settings.authority or own,
        desk=settings.desk or own,
        office=settings.office_of(row.noi_nop_ho_so),
    )
    if asked is None:
        raise RowError(
            "portal.not_by_post",
            "Bưu chính không chuyển hồ sơ này: KenhThucHien không phải 3 và HinhThuc không phải 1",
            "The post carries nothing of this dossier: KenhThucHien is not 3 and HinhThuc is not 1",
        )
    try:
        new = msgspec.convert(asked, NewDossier)
    except msgspec.ValidationError as refused:
        raise _named(refused) from None
    registering = registering_of(new, sender.actor)
    at = registering.registered_at or sender.received_at
    said = Implied(status=Status.REGISTERED, at=at, kind=CaseKind.REGISTERED)
    return msgspec.structs.replace(registering, registered_at=at, id=event_id(taken.code, said))


def _named(refused: msgspec.ValidationError) -> RowError:
    """Name the field of the portal that a registration was refused for; the library's text may quote a value."""
    text = str(refused)
    missing = text.partition("missing required field `")[2].partition("`")[0]
    path = text.rpartition("at `$.")[2].rstrip("`") if "at `$." in text else ""
    name = missing or path.rpartition(".")[2].partition("[")[0]
    field = FIELDS.get(name) or FIELDS.get(path.partition(".")[0].partition("[")[0], "MaHoSo")
    return RowError(
        "portal.field",
        f"{field} còn thiếu hoặc chưa đúng mẫu",
        f"{field} is missing or has another form",
        field=field,
    )


async def _progress(rows: Sequence[Taken], sender: Sender, now: datetime) -> None:
    # Absent and invisible are alike, so nobody learns by asking which codes there are.
    seen = await stored.find_seen(sorted({row.code for row in rows}), sender.actor)
    for row in rows:
        if row.code not in seen:
            row.refuse(
                RowError(
                    TOO_EARLY,
                    "Chưa có hồ sơ này; hệ thống sẽ thử lại khi nhận được DongBoHoSoMC",
                    "The dossier is not known yet; this is tried again when its DongBoHoSoMC comes",
                    outcome="too_early",
                )
            )
    await _state([row for row in rows if row.stands], sender, now)


async def _state(rows: Sequence[Taken], sender: Sender, now: datetime) -> None:
    """State what rows tell, the oldest first within each."""
    told = [(row, said) for row in rows for said in row.told]
    if not told:
        return
    cases = await Cases.begin({row.code for row, _ in told}, sender.actor, now)
    for row, said in told:
        if row.stands:
            try:
                row.answer["outcome"] = await cases.say(row.code, said)
            except RowError as refused:
                row.refuse(refused)
    await repository.hear(await cases.write(), sender.partner.id)
