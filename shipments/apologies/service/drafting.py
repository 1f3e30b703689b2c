"""Drafting letters: by the worker before they are due, and by the people who know why."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from postal.calendars import repository as calendars
from postal.calendars.rules import WorkingTime
from postal.db import unit_of_work
from postal.errors import BadInput, Conflict, NotFound, Unprocessable
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.apologies import repository
from shipments.apologies.repository import Candidate, Draft
from shipments.apologies.rules import Timing, draft_from, plain_text, proposed_due, reach, send_by
from shipments.dossiers import judging
from shipments.dossiers import repository as dossiers
from shipments.dossiers.rules import Dossier
from shipments.dossiers.rules.supplements import refuse_far_due

BATCH = 500
DEFAULT_CALENDAR = "VN-HC"
REASONS = frozenset({"extend", "any"})


class Edit(Struct, frozen=True, kw_only=True):
    """What a specialist makes of a draft; what is None stays as it is."""

    reason: str | None = None
    due_new: datetime | None = None
    text_vi: str | None = None
    text_en: str | None = None


async def draft_ahead(now: datetime) -> None:
    """Draft the letters whose time has come, and take away those that nobody needs; for the worker, at any time."""
    timing = Timing.of(await law.constants_at(local_day(now)))
    if timing is None:
        return
    async with unit_of_work():
        if not await repository.try_lock_drafting():
            return
        await repository.drop_stale()
        times = await calendars.working_times(await repository.calendars())
        within = {code: reach(time, now, timing) for code, time in times.items() if _covers(time, now)}
        found = [
            each
            for each in await repository.to_draft(within, BATCH)
            if draft_from(times[each.calendar], each.started_at, each.due, timing) <= now
        ]
        names = await network.find_many({each.authority for each in found})
        agencies = {code: each.name for code, each in names.items()}
        await repository.put_drafts([_drafted(each, times, timing, agencies, now) for each in found])


def _covers(time: WorkingTime, now: datetime) -> bool:
    return time.first_instant <= now and (time.last_instant - now).days > 60


def _drafted(
    found: Candidate,
    times: Mapping[str, WorkingTime],
    timing: Timing,
    agencies: Mapping[str, str],
    now: datetime,
) -> Draft:
    time = times[found.calendar]
    vi, en = plain_text(agencies.get(found.authority, found.authority), ended=False)
    return Draft(
        dossier=found.dossier,
        ordinal=1,
        authority=found.authority,
        desk=found.desk,
        due=found.due,
        send_by=send_by(time, found.due, timing),
        reason=None,
        due_new=proposed_due(time, found.due, now, timing),
        text_vi=vi,
        text_en=en,
        drafted_at=now,
    )


async def edit(code: str, change: Edit, *, actor: Actor, now: datetime) -> None:
    """Change the open draft of a dossier, or begin one; what the letter may not say is refused here already."""
    async with unit_of_work():
        dossier = await dossiers.get(code, actor)
        judging.refuse_other_agency(dossier, actor)
        kept = await repository.drafts_of(code, lock=True)
        draft = kept[-1] if kept and kept[-1].sent_at is None else None
        changed = _changed(draft or await _begun(dossier, len(kept) + 1, actor, now), change, actor, now)
        await _refuse_reason(changed, now)
        await _refuse_date(dossier, changed, now)
        await repository.put_drafts([changed])


def _changed(draft: Draft, change: Edit, actor: Actor, now: datetime) -> Draft:
    return replace(
        draft,
        reason=change.reason or draft.reason,
        due_new=change.due_new or draft.due_new,
        text_vi=change.text_vi or draft.text_vi,
        text_en=change.text_en or draft.text_en,
        edited_at=now,
        edited_by=actor.person or actor.id,
    )


async def _begun(dossier: Dossier, ordinal: int, actor: Actor, now: datetime) -> Draft:
    due = await repository.due_of(dossier.code) or dossier.due_now
    if dossier.received_at is None or due is None or dossier.withdrawn:
        raise Conflict(
            "apology.nothing_promised",
            vi="Hồ sơ này chưa có ngày hẹn trả, nên chưa có gì để xin lỗi",
            en="Nothing was promised for this dossier, so there is nothing to apologise for",
        )
    if dossier.ended_at is not None and dossier.ended_at <= due:
        raise Conflict(
            "apology.not_late",
            vi="Hồ sơ đã giải quyết xong đúng hạn",
            en="The dossier was finished in time",
        )
    working, timing = await _time_of(dossier), Timing.of(await law.constants_at(local_day(now)))
    names = await network.find_many([dossier.authority])
    agency = names[dossier.authority].name if dossier.authority in names else dossier.authority
    vi, en = plain_text(agency, ended=dossier.ended_at is not None)
    return Draft(
        dossier=dossier.code,
        ordinal=ordinal,
        authority=dossier.authority,
        desk=dossier.desk,
        due=due,
        send_by=send_by(working, due, timing) if working and timing else due,
        reason=None,
        due_new=proposed_due(working, due, now, timing)
        if working and timing and dossier.ended_at is None
        else None,
        text_vi=vi,
        text_en=en,
        drafted_at=now,
        drafted_by=actor.person or actor.id,
    )


async def _time_of(dossier: Dossier) -> WorkingTime | None:
    procedure = await judging.procedure_of(dossier)
    try:
        return await calendars.working_time(procedure.calendar) if procedure else None
    except NotFound:
        return None


async def _refuse_reason(draft: Draft, now: datetime) -> None:
    listed = {each.code for each in await law.reasons_at(local_day(now)) if each.applies_to in REASONS}
    if draft.reason is not None and draft.reason not in listed:
        raise Unprocessable(
            "apology.reason_unknown",
            vi="Lý do chậm không có trong danh mục lý do đang có hiệu lực",
            en="The reason is not on the list in force",
            pointer="/reason",
            listed=sorted(listed),
        )


async def _refuse_date(dossier: Dossier, draft: Draft, now: datetime) -> None:
    if draft.due_new is None:
        return
    if dossier.ended_at is not None:
        raise Conflict(
            "apology.ended",
            vi="Hồ sơ đã kết thúc: chỉ còn xin lỗi, không hẹn lại",
            en="The case has ended: there is only the apology left, no new date",
            pointer="/due_new",
        )
    if draft.due_new <= max(now, dossier.due_now or draft.due):
        raise Unprocessable(
            "case.due_not_later",
            vi="Ngày hẹn phải sau thời điểm hiện tại và sau ngày hẹn cũ",
            en="The promised time must lie after the event and after the earlier promise",
            pointer="/due_new",
        )
    if (latest := await judging.latest_day(dossier, now)) is not None:
        refuse_far_due(local_day(draft.due_new), latest)


async def closing_on(code: str, day: date, actor: Actor) -> datetime:
    """Give when the agency closes on a day: until then a promise for that day is kept."""
    dossier = await dossiers.get(code, actor)
    time = await _time_of(dossier) or await calendars.working_time(DEFAULT_CALENDAR)
    if not time.local_day(time.first_instant) <= day < time.local_day(time.last_instant):
        raise BadInput(
            "apology.day", vi="Ngày nằm ngoài lịch làm việc", en="The day is in no calendar", pointer="/day"
        )
    if not time.is_working_day(day):
        raise Unprocessable(
            "apology.day_off",
            vi=f"Ngày {day:%d/%m/%Y} không phải ngày làm việc",
            en=f"{day} is no working day",
            pointer="/day",
        )
    return time.closes(day)
