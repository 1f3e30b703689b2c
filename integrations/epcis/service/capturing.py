"""Captures: a document becomes a job, small ones are done at once, large ones in steps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from integrations.epcis import repository
from integrations.epcis.repository import Capture
from integrations.epcis.rules.documents import Document, check_head
from integrations.epcis.rules.wrong import Wrong
from integrations.epcis.service.applying import apply, read
from integrations.epcis.service.stepping import begin
from integrations.epcis.service.telling import finished, noted
from postal.db import unit_of_work
from postal.errors import BadInput, Conflict, Forbidden, NotFound, TooLarge
from postal.http.requests import decode
from postal.identifiers import new_id
from postal.identity.rules import Actor

MOST_EVENTS = 10_000
LARGEST_FILE = 32 * 2**20
SMALL = 100
"""Events that are taken in while the sender waits."""

CHUNK = 250
"""Events of one step; a step has seconds, and others wait for its locks."""


async def capture_document(body: bytes, *, rolls_back: bool, actor: Actor, now: datetime) -> Capture:
    """Begin to capture a document; it is done already when it is small.

    Raises:
        BadInput: It is no document of EPCIS 2.0.
        TooLarge: It has more events than we take.
    """
    organisation = _organisation(actor)
    document = decode(body, Document)
    members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    spaces, events, wrongs = check_head(document, members, MOST_EVENTS)
    if wrongs:
        raise _too_many() if wrongs[0].code == "epcis.too_many" else wrongs[0].refusal()
    capture = Capture(
        id=new_id(now),
        organisation=organisation,
        actor=actor.id,
        made_at=now,
        finished_at=None,
        rolls_back=rolls_back,
        state="checking" if rolls_back else "applying",
        events=len(events),
        namespaces=spaces,
    )
    async with unit_of_work():
        await repository.add_capture(capture)
        if len(events) <= SMALL:
            return await _at_once(capture, [bytes(event) for event in events], now)
        await repository.add_waiting(capture.id, _chunks(events))
        await begin(capture)
    return capture


async def _at_once(capture: Capture, raws: Sequence[bytes], now: datetime) -> Capture:
    right, wrong = read(raws, 0, capture.namespaces)
    capture = noted(capture, wrong)
    if wrong and capture.rolls_back:
        done = finished(capture, "refused", now)
    else:
        epoch = f"{capture.id}.0"
        applied = await apply(
            right, capture.organisation, capture=capture.id, epoch=epoch, actor=capture.actor, now=now
        )
        if applied.repeated and len(raws) == 1:
            capture = noted(capture, [(0, REPEATED)])
        done = finished(
            replace(
                capture,
                captured=len(applied.kept),
                moving=applied.moving,
                repeated=len(applied.repeated),
            ),
            "done",
            now,
        )
    await repository.change_capture(done)
    return done


async def capture_event(body: bytes, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Capture one event; gives it as it is kept, with its id and when it was recorded.

    Raises:
        BadInput: It is no event of EPCIS 2.0.
        Conflict: It was captured before.
    """
    organisation = _organisation(actor)
    members = decode(body, dict[str, msgspec.Raw])
    if "@context" not in members:
        raise BadInput("epcis.context", vi="Thiếu @context.", en="@context is missing.", pointer="/@context")
    right, wrong = read([msgspec.json.encode(members)], 0, {}, at="")
    if wrong:
        raise wrong[0][1].refusal()
    async with unit_of_work():
        epoch = str(new_id(now))
        applied = await apply(right, organisation, capture=None, epoch=epoch, actor=actor.id, now=now)
    if not applied.kept:
        raise Conflict(REPEATED.code, vi=REPEATED.vi, en=REPEATED.en)
    return applied.kept[0].event


async def get_capture(identifier: UUID, *, actor: Actor) -> Capture:
    """Get a capture of the actor's organisation."""
    found = await repository.find_capture(identifier)
    if found is None or not (actor.reads_everything or found.organisation in actor.sees):
        raise NotFound(
            "epcis.capture_not_found", vi="Không có lần ghi nhận này.", en="There is no such capture."
        )
    return found


async def list_captures(*, actor: Actor, before: UUID | None, limit: int) -> list[Capture]:
    """List the captures of the actor's organisation, the newest first."""
    return await repository.list_captures(actor, before, limit)


REPEATED = Wrong(
    "",
    "epcis.repeated",
    "Sự kiện này đã được ghi nhận; muốn sửa, hãy gửi lại cùng errorDeclaration.",
    "This event was captured before; to correct it, send it again with an errorDeclaration.",
)


def _organisation(actor: Actor) -> str:
    if actor.organisation is None:
        raise Forbidden(
            "epcis.no_organisation",
            vi="Khóa này không thuộc đơn vị nào.",
            en="This key belongs to no organisation.",
        )
    return actor.organisation


def _too_many() -> TooLarge:
    return TooLarge(
        "epcis.too_many",
        vi=f"Nhiều nhất {MOST_EVENTS} sự kiện một lần; hãy chia tài liệu.",
        en=f"At most {MOST_EVENTS} events at a time; split the document.",
        limit=MOST_EVENTS,
    )


def _chunks(events: Sequence[msgspec.Raw]) -> list[tuple[int, bytes]]:
    return [
        (first, b"[" + b",".join(bytes(event) for event in events[first : first + CHUNK]) + b"]")
        for first in range(0, len(events), CHUNK)
    ]
