"""Whether an agency's dossiers are tracked by their code alone: decided by its head, from a day on."""

from datetime import date, datetime

from postal.audit import service as audit
from postal.db import unit_of_work
from postal.errors import Forbidden, Unprocessable
from postal.identity.rules import Actor
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.tracking import repository
from shipments.tracking.repository import Setting


async def read_settings(organisation: str) -> list[Setting]:
    """Give what an agency decided, what holds last first."""
    return await repository.settings_of(organisation)


async def state_setting(
    *, by_dossier_code: bool, valid_from: date, decision: str, actor: Actor, now: datetime
) -> list[Setting]:
    """State it for the actor's own agency; days that are over stay as they were."""
    if actor.organisation is None or actor.organisation not in await network.find_many([actor.organisation]):
        raise Forbidden(
            "track.no_organisation",
            vi="Khóa này không thuộc cơ quan nào nên không quyết định được",
            en="This key acts for no organisation, so it cannot decide",
        )
    if valid_from < local_day(now):
        raise Unprocessable(
            "track.setting_in_the_past",
            vi="Ngày bắt đầu không được ở quá khứ",
            en="It cannot begin on a day that is over",
            pointer="/valid_from",
        )
    setting = Setting(
        organisation=actor.organisation,
        valid_from=valid_from,
        by_dossier_code=by_dossier_code,
        decision=decision,
        person=actor.person,
        stated_at=now,
    )
    async with unit_of_work():
        await repository.add_setting(setting)
        await audit.record(
            now=now,
            actor=actor.person or actor.id,
            organisation=actor.organisation,
            action="tracking.setting_stated",
            subject=actor.organisation,
            detail={"by_dossier_code": by_dossier_code, "valid_from": valid_from.isoformat()},
        )
    return await repository.settings_of(actor.organisation)
