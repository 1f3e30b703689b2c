"""Imports over HTTP: a file as the body or in a form; the answer is 202, and the progress is asked for."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from msgspec import to_builtins

from integrations.imports import service
from integrations.imports.rules import LARGEST, Format, Kind, ProfileError, read_profile
from integrations.imports.schemas import (
    ImportErrorView,
    ImportView,
    NewProfile,
    ProfileView,
    error_view,
    profile_view,
    view,
)
from integrations.imports.service.custody import custody_of
from integrations.imports.service.profiles import unusable
from postal import clock
from postal.http.language import page_language
from postal.http.limits import limited
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER, RAW_BODY, TOO_LARGE
from postal.identity.access import roles
from postal.identity.rules import Actor
from postal.web.spreadsheets import CSV_TYPE, XLSX_TYPE
from shipments.custody.pages import parts_of

FORM_AROUND = 64 * 1024
BRINGERS = frozenset(role for allowed in service.BRINGS.values() for role in allowed)
ACCESS = roles(*sorted(BRINGERS))
MEDIA = ("text/csv", XLSX_TYPE, "application/x-ndjson", "multipart/form-data")
TYPES = {Format.CSV: CSV_TYPE, Format.XLSX: XLSX_TYPE, Format.JSON: "application/x-ndjson"}
GIVEN = ("text/csv", XLSX_TYPE)

OfKind = Annotated[Kind, QueryParameter(description="What the rows are about")]
OfProfile = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^[a-z][a-z0-9_]{1,39}$(?!\n)",
        description="How the file is read; without one, as the template is",
    ),
]
DryRun = Annotated[bool, QueryParameter(description="Say what would happen and write nothing")]
InForm = Annotated[Literal["csv", "xlsx"], QueryParameter(description="As which sort of file")]


class ImportController(Controller):
    """Files of agencies."""

    path = "/api/v1/imports"
    tags = ("imports",)

    @post(
        operation_id="createImport",
        summary="Import a file of up to 32 MiB",
        status_code=HTTP_202_ACCEPTED,
        request_max_body_size=LARGEST + FORM_AROUND,
        opt={
            **ACCESS,
            **limited("imports", 30, 60),
            RAW_BODY: MEDIA,
            TOO_LARGE: service.too_large,
            **refuses(404, 429),
        },
    )
    async def start(
        self,
        request: Request[Actor, Any, Any],
        kind: OfKind,
        profile: OfProfile = None,
        dry_run: DryRun = False,  # noqa: FBT002 - a query parameter
    ) -> ImportView:
        """Take a CSV, XLSX or JSON (a list, or one object a line), as the body or as `file` of a form.

        What sort it is, is read from its bytes. Each row is judged as the API would judge it; the same row again
        changes nothing.
        """
        data, name = await sent(request)
        job = await service.submit(
            data,
            kind=kind,
            profile=profile,
            name=name,
            dry_run=dry_run,
            actor=request.user,
            now=await clock.now(),
            settings=request.app.state.settings,
        )
        return view(job)

    @get(operation_id="listImports", summary="Imports of the caller's organisation, newest first", opt=ACCESS)
    async def list_imports(
        self,
        request: Request[Actor, Any, Any],
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[ImportView]]:
        """List by cursor."""
        found = await service.page_of(request.user, decode_cursor(cursor, UUID), limit + 1)
        return paged(request, [view(job) for job in found], limit, key=lambda each: each.id)

    @get("/{job:uuid}", operation_id="getImport", summary="How far an import is", opt=ACCESS)
    async def read(self, request: Request[Actor, Any, Any], job: FromPath[UUID]) -> ImportView:
        """Give progress, counts and what there is to know of the file."""
        return view(await service.find(job, request.user))

    @post(
        "/{job:uuid}/run",
        operation_id="runImport",
        summary="Import for real what was tried",
        status_code=HTTP_202_ACCEPTED,
        opt={**ACCESS, **refuses(404, 409, 410)},
    )
    async def run(self, request: Request[Actor, Any, Any], job: FromPath[UUID]) -> ImportView:
        """Follow a finished dry run by the real import of the same file."""
        settings = request.app.state.settings
        return view(await service.run_for_real(job, actor=request.user, settings=settings))

    @post(
        "/{job:uuid}/cancel",
        operation_id="cancelImport",
        summary="Stop an import",
        status_code=HTTP_200_OK,
        opt={**ACCESS, **refuses(404, 409)},
    )
    async def stop(self, request: Request[Actor, Any, Any], job: FromPath[UUID]) -> ImportView:
        """Stop before the next batch; what was written stays."""
        return view(await service.cancel(job, actor=request.user, now=await clock.now()))

    @get(
        "/{job:uuid}/errors",
        operation_id="listImportErrors",
        summary="Rows that were not taken",
        opt=ACCESS,
    )
    async def errors(
        self,
        request: Request[Actor, Any, Any],
        job: FromPath[UUID],
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[ImportErrorView]]:
        """List rows with heading, code and what to do; nothing that a cell held is repeated but a date's form."""
        after = decode_cursor(cursor, int)
        found = await service.errors_of(job, -1 if after is None else after, limit + 1, request.user)
        return paged(request, [error_view(each) for each in found], limit, key=lambda each: each.row)

    @get(
        "/{job:uuid}/errors/file",
        operation_id="getImportErrorsFile",
        summary="Rows that were not taken, to be mended and sent again",
        opt={**ACCESS, RAW_ANSWER: (*GIVEN, TYPES[Format.JSON]), **refuses(404, 410)},
    )
    async def errors_file(self, request: Request[Actor, Any, Any], job: FromPath[UUID]) -> Stream:
        """Give the rows as the sort of file that they came in, with two columns more: error code, and what to do."""
        made = await service.refused_rows(
            job,
            page_language(request.scope),
            actor=request.user,
            now=await clock.now(),
            settings=request.app.state.settings,
        )
        return given(made)

    @get(
        "/template",
        operation_id="getImportTemplate",
        summary="An empty file of a kind",
        opt={**ACCESS, RAW_ANSWER: GIVEN},
    )
    async def template(self, kind: OfKind, file: InForm = "xlsx") -> Stream:
        """Give headings with an example row; as XLSX also the codes and words of each column."""
        return given(await service.template(kind, Format(file), await clock.now()))

    @get(
        "/custody",
        operation_id="getCustodyFile",
        summary="Who holds the papers of your dossiers",
        opt={**ACCESS, **limited("exports", 10, 60), RAW_ANSWER: GIVEN},
    )
    async def custody(self, request: Request[Actor, Any, Any], file: InForm = "csv") -> Stream:
        """Give each dossier of the caller's organisation with state, promise, and the holders of papers and result."""
        return given(await custody_of(request.user, Format(file), await clock.now()))


class ProfileController(Controller):
    """How files are read."""

    path = "/api/v1/imports/profiles"
    tags = ("imports",)

    @get(operation_id="listImportProfiles", summary="Profiles of the caller's organisation", opt=ACCESS)
    async def list_profiles(self, request: Request[Actor, Any, Any]) -> list[ProfileView]:
        """List those that ship, and the newest version of the organisation's own."""
        known = await service.known_to(request.user.organisation or "")
        return [
            profile_view(each.profile, each.version, to_builtins(each.profile))
            for _, each in sorted(known.items())
        ]

    @post(
        operation_id="stateImportProfile",
        summary="State how your files are read",
        status_code=HTTP_200_OK,
        opt={**ACCESS, **refuses(409, 422)},
    )
    async def state(self, request: Request[Actor, Any, Any], data: NewProfile) -> ProfileView:
        """Keep a profile as a further version; imports that were begun keep the version that they began with."""
        try:
            profile = read_profile(data.toml)
        except ProfileError as error:
            raise unusable(error, pointer="/toml") from error
        kept = await service.state_profile(profile, actor=request.user, now=await clock.now())
        return profile_view(kept.profile, kept.version, to_builtins(kept.profile))


async def sent(request: Request[Actor, Any, Any]) -> tuple[bytes, str]:
    """Read the file of a request, in memory: a framework's form would spool it to the disk as it came."""
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/"):
        parts = parts_of(body, content_type)
        return parts.get("file", b""), "tep"
    return body, "tep"


def given(made: service.Download) -> Stream:
    """Answer with a file."""
    return Stream(
        made.body,
        media_type=TYPES[made.form],
        headers={
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


HANDLERS = (ImportController, ProfileController)
