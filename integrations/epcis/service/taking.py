"""Documents that a registered partner of the kind `epcis` puts into the inbox."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from integrations.epcis.repository import Capture
from integrations.epcis.service.capturing import capture_document
from integrations.inbox.rules import Inbound, Understood
from integrations.partners.service import actor_of
from postal.errors import PostalError


class EpcisSettings(Struct, frozen=True, kw_only=True):
    """What a partner of the kind `epcis` may choose: whether one wrong event stops the whole document."""

    proceed: bool = False


async def document(inbound: Inbound, now: datetime) -> Understood:
    """Capture a document of a partner; again it changes nothing, since each event is taken in once."""
    actor = await actor_of(inbound.partner, now)
    proceed = bool(inbound.partner.settings.get("proceed", False))
    try:
        capture = await capture_document(inbound.raw, rolls_back=not proceed, actor=actor, now=now)
    except PostalError as error:
        return Understood(state="failed", code=error.code, message=error.vi)
    return Understood(state=_state(capture), code=_code(capture), results=[_result(capture)])


def _state(capture: Capture) -> Any:
    if capture.state == "refused":
        return "failed"
    return "partly" if capture.failed else "done"


def _code(capture: Capture) -> str | None:
    return str(capture.errors[0]["code"]) if capture.failed and capture.errors else None


def _result(capture: Capture) -> dict[str, Any]:
    """Point to the capture, which says more and, for a large document, goes on."""
    return {
        "capture": str(capture.id),
        "events": capture.events,
        "captured": capture.captured,
        "repeated": capture.repeated,
        "errors": [{name: each[name] for name in ("event", "pointer", "code")} for each in capture.errors],
    }
