"""Files over HTTP: the bytes themselves as the body, whole or in parts; out only through what they are attached to."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, patch, post
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_201_CREATED

from postal import clock
from postal.files import service
from postal.files.rules import MEDIA, About, FileKind, NewFile, too_large
from postal.files.rules.kinds import DIRECT, MIB
from postal.files.schemas import FileView, UploadOrder, UploadView, ordered, upload_view, view
from postal.files.vault import Vault, vault_of
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import code_query
from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER, RAW_BODY, TOO_LARGE
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import READS_EVERYTHING, Actor, Role

APPENDED = 16 * MIB
"""What one request may bring of an upload: repeated with a key, it is held in memory whole."""

ATTACHERS = roles(*sorted(set(Role) - READS_EVERYTHING))
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
# Nothing in a file may run or load anything, even where a browser shows it in spite of the disposition.
SEALED_OFF = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

ANY_OR_MEDIA = ("application/octet-stream", *MEDIA)
"""What a body may say it is; what it is, is read from it."""

OfSubject = Annotated[About, QueryParameter(description="What sort of thing it is attached to")]
OfCode = Annotated[str, code_query("The code of that thing")]
OfKind = Annotated[FileKind, QueryParameter(description="What the file shows")]
Offset = Annotated[
    int,
    QueryParameter(ge=0, le=1 << 40, description="Where in the file the body begins, at most what is here"),
]


class FileController(Controller):
    """Whole files."""

    path = "/api/v1/files"
    tags = ("files",)

    @post(
        operation_id="attachFile",
        summary="Attach a file of up to 10 MiB",
        request_max_body_size=DIRECT,
        opt={**ATTACHERS, RAW_BODY: ANY_OR_MEDIA, TOO_LARGE: lambda: too_large(DIRECT), **refuses(410)},
    )
    async def attach(
        self, request: Request[Actor, Any, Any], about: OfSubject, code: OfCode, kind: OfKind
    ) -> FileView:
        """Take the bytes of the body as they are; the type is read from them. The same bytes again change nothing."""
        wanted = NewFile(about=about, code=code, kind=kind, size=request.content_length)
        file, _ = await service.attach(
            _vault(request), wanted, body_of(request, DIRECT), actor=request.user, now=await clock.now()
        )
        return view(file)

    @get(operation_id="listFiles", summary="What is attached to a thing", opt=SIGNED_IN | refuses(404))
    async def list_files(
        self,
        request: Request[Actor, Any, Any],
        about: OfSubject,
        code: OfCode,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[FileView]]:
        """List files, oldest first; those that were erased too, since the ledger still speaks of them."""
        after = decode_cursor(cursor, UUID)
        found = await service.attached_to(about, code, actor=request.user, after=after, limit=limit + 1)
        return paged(request, [view(file) for file in found], limit, key=lambda each: each.id)

    @get(
        "/{file:uuid}",
        operation_id="getFile",
        summary="The bytes of a file",
        opt={**SIGNED_IN, RAW_ANSWER: MEDIA, **refuses(410)},
    )
    async def read(self, request: Request[Actor, Any, Any], file: UUID) -> Stream:
        """Give a file to whoever may see what it is attached to; each reading is noted."""
        opened = await service.open_file(_vault(request), file, actor=request.user, now=await clock.now())
        found = opened.file
        return Stream(
            opened.body,
            media_type=found.media,
            headers={
                **SEALED_OFF,
                "Content-Length": str(found.size),
                "Content-Disposition": f'attachment; filename="{found.id}.{SUFFIXES[found.media]}"',
            },
        )

    @get(
        "/{file:uuid}/details",
        operation_id="getFileDetails",
        summary="What is known of a file",
        opt=SIGNED_IN,
    )
    async def details(self, request: Request[Actor, Any, Any], file: UUID) -> FileView:
        """Give kind, size, commitment and state of a file without opening it."""
        return view(await service.describe(file, actor=request.user))


class UploadController(Controller):
    """Files in parts."""

    path = "/api/v1/files/uploads"
    tags = ("files",)

    @post(operation_id="openUpload", summary="Begin a file in parts", opt={**ATTACHERS, **refuses(410)})
    async def begin(self, request: Request[Actor, Any, Any], data: UploadOrder) -> UploadView:
        """Declare a file of up to 100 MiB by kind; it must be complete within three days."""
        opened = await service.open_upload(
            _vault(request), ordered(data), actor=request.user, now=await clock.now()
        )
        return upload_view(opened)

    @get("/{upload:uuid}", operation_id="getUpload", summary="How far an upload is", opt=SIGNED_IN)
    async def state(self, request: Request[Actor, Any, Any], upload: UUID) -> Response[UploadView]:
        """Give the offset from which to go on, also as a header, so that HEAD is enough."""
        found = upload_view(await service.find_upload(upload, actor=request.user, now=await clock.now()))
        return _placed(found)

    @patch(
        "/{upload:uuid}",
        operation_id="appendToUpload",
        summary="Send some of an upload",
        request_max_body_size=APPENDED,
        opt={
            **ATTACHERS,
            RAW_BODY: ("application/octet-stream",),
            TOO_LARGE: lambda: too_large(APPENDED),
            **refuses(410),
        },
    )
    async def append(
        self, request: Request[Actor, Any, Any], upload: UUID, offset: Offset
    ) -> Response[UploadView]:
        """Take up to 16 MiB from `offset` on; what is here is passed over, and every MiB is kept as it comes."""
        found = await service.append(
            _vault(request),
            upload,
            offset,
            body_of(request, APPENDED),
            actor=request.user,
            now=await clock.now(),
        )
        return _placed(upload_view(found))

    @post(
        "/{upload:uuid}/complete",
        operation_id="completeUpload",
        summary="Make a file of an upload",
        status_code=HTTP_201_CREATED,
        opt={**ATTACHERS, **refuses(410, 415)},
    )
    async def finish(self, request: Request[Actor, Any, Any], upload: UUID) -> FileView:
        """Check the digest and the type and attach the file; asking again gives the same file."""
        file, _ = await service.complete(_vault(request), upload, actor=request.user, now=await clock.now())
        return view(file)


async def body_of(request: Request[Any, Any, Any], most: int) -> AsyncIterator[bytes]:
    """Give the body as it comes; over the route's limit, `most`, it is refused at once or as soon as that shows."""
    try:
        async for data in request.stream():
            if data:
                yield data
    except RequestEntityTooLarge as error:
        raise too_large(most) from error
    except InternalServerException as error:
        raise ConnectionError("the sender went away") from error


def _vault(request: Request[Any, Any, Any]) -> Vault:
    return vault_of(request.app.state.settings)


def _placed(upload: UploadView) -> Response[UploadView]:
    return Response(upload, headers={"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.size)})


HANDLERS = (FileController, UploadController)
