"""Large captures, step by step: checked first where all or nothing is wanted, then taken in."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from integrations.epcis import repository
from integrations.epcis.repository import Capture
from integrations.epcis.service.applying import apply, read
from integrations.epcis.service.telling import finished, noted
from postal import clock
from postal.outbox import publish

TOPIC = "epcis.capture"


async def begin(capture: Capture) -> None:
    """Let the first step follow the open unit of work."""
    await _next(capture, -1)


async def go_on(payload: dict[str, Any]) -> None:
    """Do one step of a capture, in the unit of work of its message.

    Nothing of a document that is wanted whole is taken in before all of it was found right; from then on nothing can
    refuse it any more, so it is whole in the end, whatever is killed in between.
    """
    capture = await repository.find_capture(UUID(payload["capture"]))
    if capture is None or capture.state in {"done", "refused"} or capture.state != payload["state"]:
        return
    chunk = await repository.waiting(capture.id, payload["after"])
    if chunk is None:
        await _turn(capture)
        return
    first, raw = chunk
    raws = [bytes(event) for event in msgspec.json.decode(raw, type=list[msgspec.Raw])]
    if capture.state == "checking":
        _, wrong = read(raws, first, capture.namespaces)
        changed = noted(capture, wrong)
    else:
        changed = await _applied(capture, first, raws)
    await repository.change_capture(changed)
    await _next(changed, first)


async def _applied(capture: Capture, first: int, raws: list[bytes]) -> Capture:
    right, wrong = read(raws, first, capture.namespaces)
    capture = noted(capture, wrong)
    applied = await apply(
        right,
        capture.organisation,
        capture=capture.id,
        epoch=f"{capture.id}.{first}",
        actor=capture.actor,
        now=await clock.now(),
    )
    return replace(
        capture,
        captured=capture.captured + len(applied.kept),
        moving=capture.moving + applied.moving,
        repeated=capture.repeated + len(applied.repeated),
    )


async def _turn(capture: Capture) -> None:
    """Come to the end of the document: take it in now that it is right, or be done."""
    now = await clock.now()
    if capture.state == "checking" and not capture.failed:
        applying = replace(capture, state="applying")
        await repository.change_capture(applying)
        await _next(applying, -1)
        return
    await repository.change_capture(
        finished(capture, "refused" if capture.state == "checking" else "done", now)
    )
    await repository.drop_waiting(capture.id)


async def _next(capture: Capture, after: int) -> None:
    await publish(
        TOPIC,
        {"capture": str(capture.id), "after": after, "state": capture.state},
        key=f"epcis {capture.organisation}",
    )
