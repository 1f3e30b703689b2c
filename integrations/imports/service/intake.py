"""Taking a file in: judged as a file at once, sealed, and left to the worker."""

import asyncio
import zlib
from datetime import datetime, timedelta
from pathlib import PurePath
from uuid import UUID

import msgspec
from msgspec import to_builtins

from integrations.imports import repository
from integrations.imports.rules import LARGEST, FileError, Format, Job, Kind, State, format_of
from integrations.imports.rules.model import MIB
from integrations.imports.rules.packages import refuse_package
from integrations.imports.service import profiles
from integrations.imports.service.setup import fresh_key, opened_key, place_of
from postal.config import Settings
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, TooLarge, TooMany, Unprocessable
from postal.files.cipher import seal
from postal.identifiers import new_id
from postal.identity.rules import Actor, Role
from postal.outbox.service import publish

TOPIC = "imports.step"
LANES = 2
"""So many imports are at work at a time, whatever was brought: scans go before them."""

MOST_UNDER_WAY = 20
REGISTER = frozenset({Role.CLERK, Role.POST_DESK, Role.DESK, Role.SYSTEM})
STATE = frozenset({Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.SYSTEM})
BRINGS = {Kind.DOSSIERS: REGISTER, Kind.EVENTS: STATE, Kind.RESULTS: STATE}
"""Who may bring what: the same as over the API, row by row."""


async def submit(
    data: bytes,
    *,
    kind: Kind,
    profile: str | None,
    name: str,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    settings: Settings,
) -> Job:
    """Keep a file and begin to read it; what can be refused of it as a whole without reading it is refused now."""
    organisation = refuse_stranger(kind, actor)
    form = await asyncio.to_thread(_judged, data)
    found = await profiles.find(profile, kind, organisation)
    if await repository.count_under_way(organisation) >= MOST_UNDER_WAY:
        raise TooMany(
            "import.too_many",
            vi=f"Đơn vị đang có {MOST_UNDER_WAY} lần nhập chưa xong; hãy chờ hoặc hủy bớt.",
            en=f"Your organisation has {MOST_UNDER_WAY} imports under way; wait, or cancel some.",
            retry_after=60,
        )
    id_ = new_id(now)
    key, wrapped = fresh_key(settings, id_)
    job = Job(
        id=id_,
        organisation=organisation,
        kind=kind,
        format=form,
        profile=found.profile.code,
        profile_version=found.version,
        profile_body=to_builtins(found.profile),
        file_name=seal(key, PurePath(name).name[-200:].encode(), place_of(id_, b"name")),
        size=len(data),
        wrapped=wrapped,
        actor=msgspec.json.decode(msgspec.json.encode(actor)),
        dry_run=dry_run,
        state=State.READING,
        made_at=now,
        expires_at=now + timedelta(days=settings.imports.kept_days),
    )
    pieces = await asyncio.to_thread(_sealed, key, id_, data)
    async with unit_of_work():
        await repository.add_job(job)
        for number, piece in enumerate(pieces):
            await repository.add_piece(id_, number, piece)
        await go_on(job)
    return job


async def run_for_real(job: UUID, *, actor: Actor, settings: Settings) -> Job:
    """Let a finished dry run be followed by the real import of the same file."""
    found = await repository.get(job, actor)
    refuse_stranger(found.kind, actor)
    opened_key(settings, found.id, found.wrapped)
    async with unit_of_work():
        held = await repository.hold(job)
        if held is None or not held.dry_run or held.state is not State.DONE:
            raise Conflict(
                "import.not_a_finished_trial",
                vi="Chỉ nhập thật được sau khi chạy thử xong.",
                en="Only a dry run that has ended can be followed by the real import.",
            )
        await repository.begin_for_real(job)
        await go_on(held)
    return await repository.get(job, actor)


async def cancel(job: UUID, *, actor: Actor, now: datetime) -> Job:
    """Stop an import; what it has written stays, since the ledger forgets nothing."""
    found = await repository.get(job, actor)
    refuse_stranger(found.kind, actor)
    async with unit_of_work():
        held = await repository.hold(job)
        if held is not None and held.state is not State.CANCELLED:
            if not held.under_way:
                raise Conflict(
                    "import.ended",
                    vi="Lần nhập này đã kết thúc, không còn gì để hủy.",
                    en="This import has ended; there is nothing left to cancel.",
                )
            await repository.end(job, State.CANCELLED, now)
    return await repository.get(job, actor)


async def go_on(job: Job) -> None:
    """Have the worker make the next step, in one of few lanes."""
    lane = zlib.crc32(job.organisation.encode()) % LANES
    await publish(TOPIC, {"import": str(job.id)}, key=f"imports:{lane}")


def refuse_stranger(kind: Kind, actor: Actor) -> str:
    """Raise unless the actor may bring files of a kind; give for whom."""
    if actor.organisation is None or not BRINGS[kind] & actor.roles:
        raise Forbidden(
            "import.role_needed",
            vi="Vai trò của bạn không được nhập loại tệp này.",
            en="Your role does not allow files of this kind.",
        )
    return actor.organisation


def _judged(data: bytes) -> Format:
    if not data.strip():
        raise Unprocessable(
            "import.empty", vi="Tệp rỗng; hãy chọn lại tệp.", en="The file is empty; choose another."
        )
    if len(data) > LARGEST:
        raise too_large()
    try:
        form = format_of(data)
        if form is Format.XLSX:
            refuse_package(data)
    except FileError as error:
        raise error.refusal() from error
    return form


def too_large() -> TooLarge:
    """Build the refusal of a file over the limit."""
    return TooLarge(
        "import.too_large",
        vi="Tệp quá 32 MiB; hãy chia thành nhiều tệp.",
        en="The file is over 32 MiB; send it as several files.",
        limit=LARGEST,
    )


def _sealed(key: bytes, job: UUID, data: bytes) -> list[bytes]:
    return [
        seal(key, data[at : at + MIB], place_of(job, b"piece", at // MIB)) for at in range(0, len(data), MIB)
    ]
