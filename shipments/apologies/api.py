"""Apologies over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post, put

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER
from postal.identity.access import ANYONE, SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.instants import utc
from shipments.apologies import repository, service
from shipments.apologies.repository import Draft, Judged
from shipments.apologies.schemas import (
    ApologyAccount,
    ApologyView,
    DraftChange,
    DraftView,
    LetterSignature,
    OverdueView,
    PublishedApology,
)
from shipments.apologies.service import Account, Edit, Signature

PDF = "application/pdf"
AGENCY = roles(Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR, Role.SYSTEM)
DRAFTS = roles(Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.SYSTEM)
SIGNS = roles(Role.AGENCY_HEAD)


class ApologyController(Controller):
    """Letters of apology and what they are about."""

    path = "/api/v1/apologies"
    tags = ("apologies",)

    @get("/", opt=AGENCY, operation_id="listApologies", summary="Letters that were sent, newest first")
    async def sent(
        self,
        request: Request[Actor, Any, Any],
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[ApologyView]]:
        """List the letters of the caller's agencies; `late` ones whiten nothing."""
        after = decode_cursor(cursor, tuple[datetime, UUID])
        found = await repository.sent(request.user, after, limit + 1)
        return paged(request, [_sent(one) for one in found], limit, key=lambda one: (one.at, one.row))

    @get(
        "/drafts",
        opt=AGENCY,
        operation_id="listApologyDrafts",
        summary="Letters that wait to be signed, by what must go out first",
    )
    async def drafts(
        self,
        request: Request[Actor, Any, Any],
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[DraftView]]:
        """List the drafts of the caller's agencies."""
        after = decode_cursor(cursor, tuple[datetime, str])
        found = await repository.drafts(request.user, await clock.now(), after, limit + 1)
        return paged(
            request, [_draft(one) for one in found], limit, key=lambda one: (one.send_by, one.dossier)
        )

    @get(
        "/overdue",
        opt=AGENCY,
        operation_id="listOverdueWithoutApology",
        summary="Overdue, and nobody apologised: a list that must be empty",
    )
    async def overdue(
        self,
        request: Request[Actor, Any, Any],
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[OverdueView]]:
        """List such dossiers of the caller's agencies, open or ended, those due first in front."""
        after = decode_cursor(cursor, tuple[datetime, str])
        found = await repository.overdue(request.user, await clock.now(), after, limit + 1)
        views = [OverdueView(**msgspec.structs.asdict(one)) for one in found]
        return paged(request, views, limit, key=lambda one: (one.due, one.dossier))

    @get(
        "/public",
        opt=ANYONE,
        operation_id="listPublicApologies",
        summary="Apologies as anybody may see them: a code and its new date",
    )
    async def published(
        self,
        request: Request[Actor, Any, Any],
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[PublishedApology]]:
        """List the letters of the last months without names, agencies or kinds of case."""
        after = decode_cursor(cursor, tuple[datetime, UUID])
        since = await service.public_since(await clock.now())
        found = await repository.published(since, after, limit + 1)
        keys = {one.dossier + str(one.at): (one.at, one.row) for one in found}
        views = [
            PublishedApology(dossier=one.dossier, due_new=one.due_new, apologised_at=one.at) for one in found
        ]
        return paged(request, views, limit, key=lambda one: keys[one.dossier + str(one.apologised_at)])


@get(
    "/api/v1/dossiers/{code:str}/apology",
    opt=SIGNED_IN,
    operation_id="getDossierApology",
    summary="The apologies of a dossier: sent and drafted",
    tags=["apologies"],
)
async def read(request: Request[Actor, Any, Any], code: PathCode) -> ApologyAccount:
    """Read the letters of a dossier; they are for its agencies and for inspectors."""
    return _account(await service.account_of(code, request.user, await clock.now()))


@put(
    "/api/v1/dossiers/{code:str}/apology",
    opt=DRAFTS | refuses(409),
    operation_id="setDossierApology",
    summary="Draft the apology of a dossier",
    tags=["apologies"],
)
async def draft(request: Request[Actor, Any, Any], code: PathCode, data: DraftChange) -> ApologyAccount:
    """Change the open draft, or begin one; a date that may not be promised is refused here already."""
    now = await clock.now()
    change = Edit(
        reason=data.reason,
        due_new=utc(data.due_new) if data.due_new else None,
        text_vi=data.text_vi,
        text_en=data.text_en,
    )
    await service.edit(code, change, actor=request.user, now=now)
    return _account(await service.account_of(code, request.user, now))


@post(
    "/api/v1/dossiers/{code:str}/apology/sign",
    opt=SIGNS | refuses(409),
    operation_id="signDossierApology",
    summary="Sign and send the apology of a dossier",
    tags=["apologies"],
    status_code=200,
)
async def sign(request: Request[Actor, Any, Any], code: PathCode, data: LetterSignature) -> ApologyAccount:
    """Send the letter; an open case is extended by it, once, and the first promise stays beside the new one."""
    now = await clock.now()
    signature = Signature(**msgspec.structs.asdict(data))
    await service.sign(code, signature, actor=request.user, now=now)
    return _account(await service.account_of(code, request.user, now))


@get(
    "/api/v1/dossiers/{code:str}/apology.pdf",
    opt=SIGNED_IN | refuses(422) | {RAW_ANSWER: (PDF,)},
    operation_id="getDossierApologyPdf",
    summary="The letter to print (văn bản xin lỗi và đề nghị gia hạn)",
    tags=["apologies"],
    media_type=PDF,
)
async def letter_pdf(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print the draft, or the letter that was sent; the name of whom it addresses stands on paper alone."""
    made = await service.letter(code, actor=request.user, now=await clock.now())
    headers = {"Content-Disposition": f'inline; filename="{made.name}"', "Cache-Control": "private, no-store"}
    return Response(made.content, media_type=PDF, headers=headers)


def _account(found: Account) -> ApologyAccount:
    return ApologyAccount(
        dossier=found.dossier.code,
        due=found.due,
        due_first=found.dossier.due_first,
        due_now=found.dossier.due_now,
        sent=[_sent(one) for one in found.sent],
        draft=_draft(found.draft) if found.draft else None,
    )


def _draft(found: Draft) -> DraftView:
    return DraftView(**{name: getattr(found, name) for name in DraftView.__struct_fields__})


def _sent(found: Judged) -> ApologyView:
    return ApologyView(**{name: getattr(found, name) for name in ApologyView.__struct_fields__})


HANDLERS = (ApologyController, read, draft, sign, letter_pdf)
