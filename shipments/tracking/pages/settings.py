"""The page on which an agency says whether its dossiers may be tracked by their code alone."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from postal import clock
from postal.errors import BadInput, Forbidden, PostalError, Unprocessable
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.network.rules import local_day
from postal.web.rendering import page
from shipments.tracking import service

DECIDING = roles(Role.AGENCY_HEAD)


class SettingForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form sends."""

    choice: Annotated[str, msgspec.Meta(max_length=20)] = ""
    valid_from: Annotated[str, msgspec.Meta(max_length=20)] = ""
    decision: Annotated[str, msgspec.Meta(max_length=400)] = ""


@get("/tracking-settings", opt=DECIDING, include_in_schema=False, summary="Page: tracking by dossier code")
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show what holds, what was decided before, and the form for the next decision."""
    return await _page(request, SettingForm(), None)


@post("/tracking-settings", opt=DECIDING, include_in_schema=False, summary="Page: decide on tracking by code")
async def decide(
    request: Request[Actor, Any, Any],
    data: Annotated[SettingForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Keep the decision, or say what is wrong and keep what was typed."""
    try:
        await service.state_setting(
            by_dossier_code=_choice(data.choice),
            valid_from=_day(data.valid_from),
            decision=_decision(data.decision),
            actor=request.user,
            now=await clock.now(),
        )
    except (BadInput, Forbidden, Unprocessable) as refused:
        return await _page(request, data, refused)
    return Redirect("/tracking-settings", status_code=303)


def _choice(raw: str) -> bool:
    if raw not in {"yes", "no"}:
        raise BadInput(
            "track.choice", vi="Hãy chọn cho phép hay không", en="Choose yes or no", pointer="/choice"
        )
    return raw == "yes"


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw.strip())
    except ValueError as error:
        raise BadInput(
            "track.day", vi="Hãy nhập ngày bắt đầu", en="Give the first day", pointer="/valid_from"
        ) from error


def _decision(raw: str) -> str:
    if not raw.strip():
        raise BadInput(
            "track.decision", vi="Hãy nhập số quyết định", en="Give the decision", pointer="/decision"
        )
    return raw.strip()[:200]


async def _page(
    request: Request[Actor, Any, Any], form: SettingForm, refused: PostalError | None
) -> Response[str]:
    now = await clock.now()
    settings = await service.read_settings(request.user.organisation or "")
    return page(
        request,
        "tracking/settings.html",
        title=("Tra cứu bằng mã hồ sơ", "Tracking by dossier code"),
        status=refused.status if refused else 200,
        form=form,
        refused=refused,
        settings=settings,
        holding=next((one for one in settings if one.valid_from <= local_day(now)), None),
        today=local_day(now).isoformat(),
    )


HANDLERS = (show, decide)
