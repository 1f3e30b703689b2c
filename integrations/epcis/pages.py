"""A page for people: what is spoken here, what of ours becomes which event, and what was never tried."""

from typing import Any

from litestar import Request, Response, get

from integrations.epcis.repository import Capture
from integrations.epcis.rules.addresses import NOWHERE
from integrations.epcis.rules.mapping import CASES, OWN, RECORDS, SCANS
from integrations.epcis.rules.outward import OFFSET
from integrations.epcis.rules.querying import LARGEST_PAGE, PARAMETERS
from integrations.epcis.schemas import JSON_LD, PATH
from integrations.epcis.service import LARGEST_FILE, MOST_EVENTS, list_captures
from integrations.epcis.service.addresses import names
from integrations.epcis.service.capturing import SMALL
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor, Role
from postal.web.rendering import page

SEEING = frozenset({Role.ADMIN, Role.CONTROL, Role.REGULATOR})
"""Who finds it among the links; it is open to everybody who is signed in."""

SHOWN = 20
STREAMS = (
    (("Lượt quét", "Scans"), SCANS),
    (("Sự kiện của hồ sơ", "Events of a case"), CASES),
    (("Bản ghi", "Records"), RECORDS),
)
STATES: dict[str, tuple[str, str, str]] = {
    "checking": ("Đang kiểm tra", "Being checked", ""),
    "applying": ("Đang ghi nhận", "Being taken in", ""),
    "done": ("Xong", "Done", "good"),
    "refused": ("Bị từ chối", "Refused", "bad"),
}
ROLLBACK: tuple[str, str] = ("tất cả hoặc không", "all or nothing")
PROCEED: tuple[str, str] = ("nhận phần đúng", "what is right")


@get(
    "/epcis",
    opt=SIGNED_IN,
    include_in_schema=False,
    summary="Page: EPCIS 2.0, and the captures of your organisation",
)
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """Say what is mapped and what the limits are, and list the latest captures."""
    captures = await list_captures(actor=request.user, before=None, limit=SHOWN)
    return page(
        request,
        "epcis/epcis.html",
        title=("Trao đổi EPCIS 2.0", "EPCIS 2.0"),
        headers={"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"},
        base=PATH,
        space=names().space,
        unaddressed=names().base == NOWHERE,
        streams=STREAMS,
        written=written,
        captures=captures,
        states=STATES,
        behaviour=behaviour,
        parameters=PARAMETERS,
        most_events=MOST_EVENTS,
        largest_mebibytes=LARGEST_FILE // 2**20,
        small=SMALL,
        largest_page=LARGEST_PAGE,
        media=JSON_LD,
        offset=OFFSET,
    )


def written(word: str | None) -> str:
    """Write a word as readers of the table know it: ours are told apart."""
    if word is None:
        return "–"
    return f"postal:{word.removeprefix(OWN)}" if word.startswith(OWN) else word


def behaviour(capture: Capture) -> tuple[str, str]:
    """Say what one wrong event means for a capture."""
    return ROLLBACK if capture.rolls_back else PROCEED


HANDLERS = (show,)
