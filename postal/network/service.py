"""Use cases of the network: the shipped list, and organisations that come, end and are succeeded."""

from datetime import date, datetime

import msgspec

from postal.audit import service as audit
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, Unprocessable
from postal.identity import service as identity
from postal.identity.rules import Actor
from postal.network import repository
from postal.network.repository import Filter, get, list_organisations, list_units
from postal.network.rules import (
    NOT_ORGANISATIONS,
    OPERATOR,
    Kind,
    Level,
    Organisation,
    SuccessionCycle,
    local_day,
    successors,
)
from postal.network.units import shipped_units

__all__ = [
    "DEFAULT_CALENDAR",
    "Filter",
    "change",
    "close",
    "create",
    "get",
    "list_organisations",
    "list_units",
    "load_units",
    "seed_operator",
]

REFORM = date(2025, 7, 1)
DEFAULT_CALENDAR = "VN-HC"


async def load_units() -> None:
    """Bring in the shipped list of provinces and communes; repeating it changes nothing. Needs the owner role."""
    async with unit_of_work():
        await repository.load_units(shipped_units())


async def seed_operator() -> None:
    """Make the organisation that runs the system, unless it is there; a first key needs one to belong to."""
    async with unit_of_work():
        await repository.add(
            Organisation(
                code=OPERATOR,
                name="Đơn vị vận hành hệ thống",
                kind=Kind.MINISTRY,
                level=Level.CENTRAL,
                parent=None,
                unit_code=None,
                province_code=None,
                calendar=DEFAULT_CALENDAR,
                valid_from=REFORM,
                valid_to=None,
                successor=None,
                address_public=None,
            )
        )


async def create(organisation: Organisation, *, actor: Actor, now: datetime) -> Organisation:
    """Add an organisation under one that the actor governs; only the national level adds one without a parent."""
    async with unit_of_work():
        await identity.require_governed(actor, organisation.parent)
        if organisation.kind is Kind.MINISTRY and not actor.national:
            raise Forbidden(
                "network.ministry_is_national",
                vi="Chỉ cấp quốc gia được thêm đơn vị loại này",
                en="Only the national level adds such an organisation",
                pointer="/kind",
            )
        await _check_new(organisation)
        if not await repository.add(organisation):
            raise Conflict(
                "network.organisation_exists",
                vi=f"Mã {organisation.code} đã được dùng",
                en=f"The code {organisation.code} is taken",
                pointer="/code",
            )
        await audit.record(
            now=now,
            actor=actor.id,
            organisation=actor.organisation,
            action="organisation.created",
            subject=organisation.code,
        )
    return await repository.get(organisation.code)


async def change(
    code: str, *, name: str, calendar: str, address_public: str | None, actor: Actor, now: datetime
) -> Organisation:
    """Change what an organisation is called, when it works and where it is found; its code stays for good."""
    async with unit_of_work():
        await identity.require_governed(actor, code)
        before = await repository.get(code)
        wanted = msgspec.structs.replace(before, name=name, calendar=calendar, address_public=address_public)
        changed = sorted(
            field
            for field in Organisation.__struct_fields__
            if getattr(before, field) != getattr(wanted, field)
        )
        if changed:
            await repository.change(wanted)
            await audit.record(
                now=now,
                actor=actor.id,
                organisation=actor.organisation,
                action="organisation.changed",
                subject=code,
                detail={field: getattr(before, field) for field in changed},
            )
    return wanted


async def close(
    code: str, *, valid_to: date | None, successor: str | None, actor: Actor, now: datetime
) -> Organisation:
    """End an organisation on a day (today if none is given) and name its successor; it ends once."""
    day = valid_to or local_day(now)
    async with unit_of_work():
        await identity.require_governed(actor, code)
        await repository.lock_succession()
        organisation = await repository.get(code)
        _check_end(organisation, day)
        if successor is not None:
            await _check_successor(code, successor, day)
        await repository.close(code, day, successor)
        await audit.record(
            now=now,
            actor=actor.id,
            organisation=actor.organisation,
            action="organisation.closed",
            subject=code,
            detail={"valid_to": day.isoformat(), "successor": successor},
        )
    return msgspec.structs.replace(organisation, valid_to=day, successor=successor)


async def _check_new(organisation: Organisation) -> None:
    if organisation.code in NOT_ORGANISATIONS:
        raise Unprocessable(
            "network.code_reserved",
            vi=f"Mã {organisation.code} có nghĩa khác",
            en=f"The code {organisation.code} means another party",
            pointer="/code",
        )
    if organisation.parent == organisation.code:
        raise Unprocessable(
            "network.parent_itself",
            vi="Đơn vị không thể là cấp trên của chính mình",
            en="An organisation cannot be its own parent",
            pointer="/parent",
        )
    if organisation.parent is not None and not await repository.find_many([organisation.parent]):
        raise Unprocessable(
            "network.parent_unknown",
            vi=f"Không có đơn vị cấp trên {organisation.parent}",
            en=f"No parent organisation {organisation.parent}",
            pointer="/parent",
        )
    if organisation.unit_code is not None and not await repository.unit_exists(organisation.unit_code):
        raise Unprocessable(
            "network.unit_unknown",
            vi=f"Không có đơn vị hành chính {organisation.unit_code}",
            en=f"No administrative unit {organisation.unit_code}",
            pointer="/unit_code",
        )


def _check_end(organisation: Organisation, day: date) -> None:
    if organisation.valid_to is not None:
        raise Conflict(
            "network.organisation_closed",
            vi=f"Đơn vị {organisation.code} đã kết thúc ngày {organisation.valid_to:%d/%m/%Y}",
            en=f"Organisation {organisation.code} ended on {organisation.valid_to.isoformat()}",
        )
    if day <= organisation.valid_from:
        raise Unprocessable(
            "network.end_before_start",
            vi="Ngày kết thúc phải sau ngày bắt đầu",
            en="The end must come after the start",
            pointer="/valid_to",
        )


async def _check_successor(code: str, successor: str, day: date) -> None:
    heir = (await repository.find_many([successor])).get(successor)
    if heir is None or not heir.exists_on(day):
        raise Unprocessable(
            "network.successor_unknown",
            vi=f"Đơn vị kế thừa {successor} không tồn tại vào ngày đó",
            en=f"No successor {successor} on that day",
            pointer="/successor",
        )
    try:
        successors(code, {**await repository.succession(), code: successor})
    except SuccessionCycle as cycle:
        raise Unprocessable(
            "network.succession_cycle",
            vi="Việc kế thừa tạo thành vòng tròn",
            en="The succession would go round in a circle",
            pointer="/successor",
        ) from cycle
