"""Pages of devices: registered, invited by a code that is shown once, revoked."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from postal import clock
from postal.administration import service
from postal.administration.pages.forms import (
    REFUSALS,
    Caller,
    confirmation,
    fault,
    names_of,
    read,
    shown_once,
    typed_of,
)
from postal.administration.pages.index import MANAGING
from postal.administration.service import Scoped
from postal.errors import PostalError
from postal.http.addresses import public_base
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity import service as identity
from postal.identity.schemas import CreateDevice
from postal.identity.service import Device
from postal.printing.barcodes import qr
from postal.web.rendering import page

ON_A_PAGE = 50
ENROL_AT = "/scan/enrol"
"""Where a browser enrols itself; the code follows # and so never reaches a log."""

OneOrganisation = Annotated[str | None, QueryParameter(max_length=64)]
OneCode = Annotated[str | None, QueryParameter(max_length=64)]


@get("/admin/devices", opt=MANAGING, include_in_schema=False, summary="Page: devices")
async def show_list(
    request: Caller, organisation: OneOrganisation = None, code: OneCode = None, cursor: PageCursor = None
) -> Response[str]:
    """List the devices of the caller's scope."""
    wanted = Scoped(organisation=organisation or None, code=code or None)
    found = await service.devices_of(request.user, wanted, decode_cursor(cursor, str), ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "administration/devices.html",
        title=("Máy quét", "Devices"),
        devices=shown,
        wanted=wanted,
        following=encode_cursor(shown[-1].code) if len(found) > ON_A_PAGE else None,
        names=await names_of([one.organisation for one in shown]),
    )


@get("/admin/new-device", opt=MANAGING, include_in_schema=False, summary="Page: a new device")
async def show_new(request: Caller) -> Response[str]:
    """Show an empty form."""
    return _new(request, {"code": "", "organisation": request.user.organisation or ""})


@post("/admin/new-device", opt=MANAGING, include_in_schema=False, summary="Page: register a device")
async def add(request: Caller) -> Response[Any]:
    """Register a device; it scans once it is enrolled."""
    typed = typed_of(await request.form(), "code", "organisation")
    try:
        given = read(typed, CreateDevice)
        await identity.register_device(
            given.code, given.organisation, actor=request.user, now=await clock.now()
        )
    except REFUSALS as refused:
        return _new(request, typed, refused)
    return Redirect(f"/admin/devices/{given.code}", status_code=303)


@get("/admin/devices/{code:str}", opt=MANAGING, include_in_schema=False, summary="Page: a device")
async def show(request: Caller, code: FromPath[str]) -> Response[str]:
    """Show one device."""
    return await _one(request, await identity.get_device(code, request.user))


@post(
    "/admin/devices/{code:str}/invite", opt=MANAGING, include_in_schema=False, summary="Page: invite a device"
)
async def invite(request: Caller, code: FromPath[str]) -> Response[str]:
    """Make a one-time code by which the device enrols itself, and show it once, also as a QR code."""
    found = await identity.get_device(code, request.user)
    try:
        invitation = await identity.invite_device(code, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return await _one(request, found, refused)
    address = f"{public_base(request)}{ENROL_AT}#{invitation.code}"
    return shown_once(
        request,
        title=("Mã đăng ký máy quét", "Enrolment code"),
        about=code,
        back=f"/admin/devices/{code}",
        secret=invitation.code,
        until=invitation.expires_at,
        what="enrolment",
        qr=qr(address),
        at=ENROL_AT,
    )


@get(
    "/admin/devices/{code:str}/revoke",
    opt=MANAGING,
    include_in_schema=False,
    summary="Page: before a device ends",
)
async def show_revoke(request: Caller, code: FromPath[str]) -> Response[str]:
    """Ask before a device is revoked."""
    return _revoking(request, await identity.get_device(code, request.user))


@post(
    "/admin/devices/{code:str}/revoke", opt=MANAGING, include_in_schema=False, summary="Page: revoke a device"
)
async def revoke(request: Caller, code: FromPath[str]) -> Response[Any]:
    """End a device with its key and its shift."""
    found = await identity.get_device(code, request.user)
    try:
        await identity.revoke_device(code, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return _revoking(request, found, refused)
    return Redirect(f"/admin/devices/{code}", status_code=303)


def _new(request: Caller, typed: dict[str, str], refused: PostalError | None = None) -> Response[str]:
    return page(
        request,
        "administration/new_device.html",
        title=("Thêm máy quét", "New device"),
        status=refused.status if refused else 200,
        typed=typed,
        **fault(request, refused),
    )


async def _one(request: Caller, found: Device, refused: PostalError | None = None) -> Response[str]:
    return page(
        request,
        "administration/device.html",
        title=(f"Máy quét {found.code}", f"Device {found.code}"),
        status=refused.status if refused else 200,
        one=found,
        names=await names_of([found.organisation]),
        **fault(request, refused),
    )


def _revoking(request: Caller, found: Device, refused: PostalError | None = None) -> Response[str]:
    return confirmation(
        request,
        title=("Thu hồi máy quét", "Revoke a device"),
        about=found.code,
        consequence=(
            "Không khôi phục được. Hãy gửi hết lượt quét còn chờ trên máy trước; lượt quét sau đó không được tính.",
            "This cannot be undone. Let it send what waits on it first: what it scans afterwards does not count.",
        ),
        action=f"/admin/devices/{found.code}/revoke",
        back=f"/admin/devices/{found.code}",
        refused=refused,
    )


PAGES = (show_list, show_new, add, show, invite, show_revoke, revoke)
