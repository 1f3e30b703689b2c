"""What is done with a case on its page: each form ends at the page again, with what was refused if it was."""

from collections.abc import Awaitable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from manifests.discrepancies import service as cases
from manifests.discrepancies.schemas import Note, SealNumber
from manifests.manifests.api import HANDLING
from manifests.reconciliation.pages.cases import case_page
from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, Unprocessable
from postal.identity.rules import Actor

Text = Annotated[str, msgspec.Meta(max_length=2000)]


class SettlementForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of settling sends."""

    resolution: Text = ""
    note: Text = ""


class AssignmentForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the forms of giving a case to somebody send."""

    person: Text = ""
    organisation: Text = ""


class EvidenceForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of adding evidence sends."""

    note: Text = ""
    seal: Text = ""


Settling = Annotated[SettlementForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
Assigning = Annotated[AssignmentForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
Attaching = Annotated[EvidenceForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@post(
    "/discrepancies/{discrepancy:uuid}/resolve", opt=HANDLING, include_in_schema=False, summary="Page: settle"
)
async def resolve(
    request: Request[Actor, Any, Any], discrepancy: FromPath[UUID], data: Settling
) -> Response[Any]:
    """Settle a case."""
    now = await clock.now()
    work = cases.resolve(
        discrepancy, data.resolution, note=data.note.strip() or None, actor=request.user, now=now
    )
    return await _done(request, discrepancy, work, data)


@post(
    "/discrepancies/{discrepancy:uuid}/assign", opt=HANDLING, include_in_schema=False, summary="Page: assign"
)
async def assign(
    request: Request[Actor, Any, Any], discrepancy: FromPath[UUID], data: Assigning
) -> Response[Any]:
    """Give a case to somebody."""
    work = cases.assign(
        discrepancy,
        organisation=data.organisation or None,
        person=data.person or None,
        actor=request.user,
        now=await clock.now(),
    )
    return await _done(request, discrepancy, work, data)


@post(
    "/discrepancies/{discrepancy:uuid}/evidence",
    opt=HANDLING,
    include_in_schema=False,
    summary="Page: evidence",
)
async def attach(
    request: Request[Actor, Any, Any], discrepancy: FromPath[UUID], data: Attaching
) -> Response[Any]:
    """Add evidence to a case."""
    return await _done(request, discrepancy, _attach(request, discrepancy, data), data)


@post(
    "/discrepancies/{discrepancy:uuid}/swap",
    opt=HANDLING,
    include_in_schema=False,
    summary="Page: settle a swap",
)
async def settle_swap(request: Request[Actor, Any, Any], discrepancy: FromPath[UUID]) -> Response[Any]:
    """Settle every case of a swap at once."""
    work = cases.settle(discrepancy, actor=request.user, now=await clock.now())
    return await _done(request, discrepancy, work, None)


async def _attach(request: Request[Actor, Any, Any], discrepancy: UUID, form: EvidenceForm) -> None:
    await cases.attach(
        discrepancy,
        note=_read(form.note, Note, "/note", "Giải trình quá dài", "The words are too long"),
        seal=_read(form.seal, SealNumber, "/seal", "Số niêm phong không đúng", "That is no number of a seal"),
        actor=request.user,
        now=await clock.now(),
    )


def _read(text: str, wanted: Any, pointer: str, vi: str, en: str) -> Any:
    if not text.strip():
        return None
    try:
        return msgspec.convert(text.strip(), wanted, strict=False)
    except msgspec.ValidationError as wrong:
        raise BadInput("discrepancy.form", vi=vi, en=en, pointer=pointer) from wrong


async def _done(
    request: Request[Actor, Any, Any], discrepancy: UUID, work: Awaitable[Any], form: msgspec.Struct | None
) -> Response[Any]:
    try:
        await work
    except (BadInput, Conflict, Forbidden, Unprocessable) as refused:
        typed = {name: getattr(form, name) for name in form.__struct_fields__} if form is not None else {}
        return await case_page(request, discrepancy, refused, typed)
    return Redirect(f"/discrepancies/{discrepancy}", status_code=303)


HANDLERS = (resolve, assign, attach, settle_swap)
