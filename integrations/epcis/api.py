"""EPCIS 2.0 over HTTP: capture, capture jobs, events."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from integrations.epcis import service
from integrations.epcis.rules.documents import query_document
from integrations.epcis.rules.outward import local
from integrations.epcis.rules.querying import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    LONGEST_VALUE,
    PARAMETERS,
    Query,
    read_query,
)
from integrations.epcis.rules.vocabulary import ACTIONS, EVENT_TYPES
from integrations.epcis.schemas import JSON, JSON_LD, PATH, CaptureView, EpcisView, capture_view, expiry
from integrations.epcis.service.addresses import names
from postal import clock
from postal.errors import BadInput, NotFound, TooLarge
from postal.http.language import language_of
from postal.http.moments import far, is_far
from postal.http.paging import LONGEST_CURSOR, decode_cursor, encode_cursor
from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER, RAW_BODY, TOO_LARGE, nul_refused, refuse_other_media
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role

CAPTURERS = roles(Role.SYSTEM, Role.ADMIN)
MOST_JOBS = 100


def too_large() -> TooLarge:
    """Build the refusal of a document over the limit."""
    return TooLarge(
        "epcis.file_too_large",
        vi=f"Tài liệu lớn hơn {service.LARGEST_FILE} byte; hãy chia nhỏ.",
        en=f"The document is larger than {service.LARGEST_FILE} bytes; split it.",
        limit=service.LARGEST_FILE,
    )


TAKING: dict[str, Any] = {**CAPTURERS, RAW_BODY: (JSON, JSON_LD), TOO_LARGE: too_large}
READING: dict[str, Any] = {**SIGNED_IN, RAW_ANSWER: (JSON, JSON_LD), **refuses(413)}

Behaviour = Annotated[
    Literal["rollback", "proceed"],
    HeaderParameter(
        name="GS1-Capture-Error-Behaviour",
        description="What one wrong event means: `rollback` nothing is taken, `proceed` all others are",
    ),
]
PerPage = Annotated[
    int, QueryParameter(name="perPage", ge=1, le=MOST_JOBS, description="How many captures at most")
]
NextPage = Annotated[
    str | None,
    QueryParameter(
        name="nextPageToken",
        min_length=1,
        max_length=LONGEST_CURSOR,
        description="From the `Link` of the page before",
    ),
]


def _path(description: str) -> Any:
    # The rest of a path comes with the slash before it, which is one character more.
    bound = {"max_length": LONGEST_VALUE}
    return PathParameter(max_length=LONGEST_VALUE + 1, description=description, schema_extra=bound)


@dataclass
class EventsOperation(Operation):
    """Names the parameters of a query, which the handler reads itself since it refuses every other one."""

    def __post_init__(self) -> None:
        """Write the parameters into the document."""
        self.parameters = [*(self.parameters or []), *(_described(name) for name in PARAMETERS)]


def _described(name: str) -> Parameter:
    shown = name.replace("_TYPE", "_" + {"EQ_bizTransaction_TYPE": "desadv"}.get(name, "possessing_party"))
    return Parameter(
        name=shown,
        param_in="query",
        required=False,
        schema=_form(name),
        description="As in EPCIS 2.0, SimpleEventQuery; `|` between values of which any will do"
        + ("; likewise for each other type" if name != shown else ""),
    )


def _form(name: str) -> Schema:
    """Say which form a parameter has."""
    if name == "perPage":
        return Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=LARGEST_PAGE)
    if name.startswith(("GE_", "LT_")):
        return Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME)
    if name in _CHOICES:
        return Schema(type=OpenAPIType.STRING, enum=_CHOICES[name])
    if name == "nextPageToken":
        return Schema(type=OpenAPIType.STRING, min_length=1, max_length=LONGEST_CURSOR)
    return Schema(type=OpenAPIType.STRING, min_length=1, max_length=LONGEST_VALUE)


_CHOICES = {
    "eventType": list(EVENT_TYPES),
    "EQ_action": sorted(ACTIONS),
    "EXISTS_errorDeclaration": ["true"],
    "orderBy": ["eventTime", "recordTime"],
    "orderDirection": ["ASC", "DESC"],
}


class EpcisController(Controller):
    """Events of a supply chain, in and out."""

    path = PATH
    tags = ("epcis",)

    @get(operation_id="describeEpcis", summary="What is spoken here, and its limits", opt=SIGNED_IN)
    async def describe(self) -> Response[EpcisView]:
        """Give versions, limits and our namespace, also as the standard's headers."""
        view = EpcisView(
            epcis="2.0.0",
            cbv="2.0.0",
            namespace=names().space,
            most_events=service.MOST_EVENTS,
            largest_file=service.LARGEST_FILE,
            parameters=list(PARAMETERS),
        )
        return Response(view, headers=_versions() | _limits())

    @post(
        "/capture",
        operation_id="captureEvents",
        summary="Capture an EPCISDocument of up to 10,000 events",
        status_code=202,
        request_max_body_size=service.LARGEST_FILE,
        opt=TAKING,
    )
    async def capture(
        self, request: Request[Actor, Any, Any], behaviour: Behaviour = "rollback"
    ) -> Response[CaptureView]:
        """Take a document in; the job at `Location` says what became of it. Up to 100 events are done at once.

        Events are read more strictly than by GS1's schema. Those that say what hands of your organisation did to pieces
        of ours become scans; all others are kept and answered, and move nothing. An event that you captured before
        changes nothing; with an `errorDeclaration` it takes back what it said.
        """
        refuse_other_media(request)
        job = await service.capture_document(
            await request.body(),
            rolls_back=behaviour == "rollback",
            actor=request.user,
            now=await clock.now(),
        )
        headers = {**_versions(), **_limits(), "Location": f"{PATH}/capture/{job.id}"}
        return Response(capture_view(job, language_of(request.scope)), headers=headers)

    @get("/capture", operation_id="listCaptures", summary="Captures of your organisation", opt=SIGNED_IN)
    async def list_captures(
        self, request: Request[Actor, Any, Any], per_page: PerPage = DEFAULT_PAGE, token: NextPage = None
    ) -> Response[list[CaptureView]]:
        """List capture jobs, the newest first."""
        before = decode_cursor(token, UUID, name="nextPageToken")
        found = await service.list_captures(actor=request.user, before=before, limit=per_page + 1)
        more = encode_cursor(found[per_page - 1].id) if len(found) > per_page else None
        headers = _versions() | _limits() | await _next(request, more)
        language = language_of(request.scope)
        return Response([capture_view(each, language) for each in found[:per_page]], headers=headers)

    @get("/capture/{capture:uuid}", operation_id="getCapture", summary="How far a capture is", opt=SIGNED_IN)
    async def get_capture(self, request: Request[Actor, Any, Any], capture: UUID) -> Response[CaptureView]:
        """Give a capture job: whether it runs, how much was taken, and what was wrong with which event."""
        found = await service.get_capture(capture, actor=request.user)
        return Response(capture_view(found, language_of(request.scope)), headers=_versions())

    @post(
        "/events",
        operation_id="captureEvent",
        summary="Capture one event",
        request_max_body_size=2**20,
        opt={**TAKING, RAW_ANSWER: (JSON, JSON_LD)},
    )
    async def capture_one(self, request: Request[Actor, Any, Any]) -> Response[bytes]:
        """Take one event in; a repeated one is refused with 409."""
        refuse_other_media(request)
        event = await service.capture_event(await request.body(), actor=request.user, now=await clock.now())
        headers = {"Location": f"{PATH}/events/{_quoted(event['eventID'])}"}
        return _answer(request, {"@context": names().context, **_alone(event)}, headers, status=201)

    @get(
        "/events",
        operation_id="queryEvents",
        summary="Events that fit a query, page by page",
        operation_class=EventsOperation,
        opt=READING,
    )
    async def query(self, request: Request[Actor, Any, Any]) -> Response[bytes]:
        """Give events of everything that you may see: what the feed shows you, and what you captured.

        A parameter that is not known is refused, never ignored. Without `orderBy` events come in the order of commits:
        nothing is skipped or doubled while others write. Go on at the `Link` with `rel="next"`; a page may be empty
        without being the last one.
        """
        return await _queried(request, _read(_pairs(request)))

    @get(
        "/events/{event:path}",
        operation_id="getEvent",
        summary="The event with an id, and declarations of its error",
        opt=READING,
    )
    async def get_event(
        self,
        request: Request[Actor, Any, Any],
        event: Annotated[str, _path("Its eventID, percent-encoded")],
    ) -> Response[bytes]:
        """Give what has this id; an event and the declaration of its error share one."""
        return await _queried(request, _read([("EQ_eventID", _id_of(event))]), must=True)

    @get(
        "/epcs/{epc:path}",
        operation_id="queryEventsOfEpc",
        summary="Events of one thing (`/epcs/{epc}/events`)",
        opt=READING,
    )
    async def of_epc(
        self,
        request: Request[Actor, Any, Any],
        epc: Annotated[str, _path("The address of the thing, then `/events`")],
    ) -> Response[bytes]:
        """Give the events that name a thing, as `MATCH_anyEPC`, with the other parameters of a query."""
        address, slash, rest = epc.lstrip("/").rpartition("/")
        if rest != "events" or not slash:
            raise _nothing()
        address = re.sub(r"^(https?):/+", r"\1://", address)
        return await _queried(request, _read([("MATCH_anyEPC", address), *_pairs(request)]), must=True)


async def _queried(request: Request[Actor, Any, Any], query: Query, *, must: bool = False) -> Response[bytes]:
    found = await service.answer(query, actor=request.user)
    if must and not found.events and query.token is None:
        raise _nothing()
    now = await clock.now()
    document = query_document(found.events, names(), local(now))
    return _answer(request, document, await _next(request, found.token))


def _nothing() -> NotFound:
    return NotFound("epcis.event_not_found", vi="Không có sự kiện nào ở đây.", en="There is no event here.")


def _pairs(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    try:
        query = request.scope["query_string"].decode("ascii")
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
    except (UnicodeDecodeError, ValueError) as error:
        raise BadInput(
            "epcis.parameter",
            vi="Tham số không phải văn bản UTF-8, hoặc quá nhiều.",
            en="The parameters are not UTF-8 text, or too many.",
            pointer="/query",
        ) from error
    return pairs


_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")
"""How an instant begins, which leaves text that is none to the standard's own refusal."""


def _read(pairs: list[tuple[str, str]]) -> Query:
    for name, value in pairs:
        if "\x00" in name + value:
            raise nul_refused(None if "\x00" in name else f"/query/{name}")
        if (
            name in PARAMETERS
            and name.startswith(("GE_", "LT_"))
            and _INSTANT.match(value)
            and is_far(value[:4])
        ):
            raise far(f"/query/{name}")
    query, wrongs = read_query(pairs)
    if wrongs:
        raise wrongs[0].refusal()
    return query


def _id_of(path: str) -> str:
    """Read an id from a path, where servers fold slashes and an unencoded `?` has begun the query."""
    identifier = path.removeprefix("/")
    found = re.fullmatch(r"ni:/+sha-256;([0-9a-f]{64})(\?ver=CBV2\.0)?", identifier)
    return f"ni:///sha-256;{found[1]}?ver=CBV2.0" if found else re.sub(r"^(https?):/+", r"\1://", identifier)


def _quoted(identifier: str) -> str:
    return urlencode({"": identifier}).removeprefix("=")


def _alone(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "@context"}


def _answer(
    request: Request[Any, Any, Any], body: dict[str, Any], headers: dict[str, str], status: int = 200
) -> Response[bytes]:
    accepted = request.headers.get("accept", "")
    media = JSON_LD if JSON_LD in accepted else JSON
    return Response(
        msgspec.json.encode(body), media_type=media, status_code=status, headers={**_versions(), **headers}
    )


def _versions() -> dict[str, str]:
    return {
        "GS1-EPCIS-Version": "2.0.0",
        "GS1-EPCIS-Min": "2.0.0",
        "GS1-EPCIS-Max": "2.0.0",
        "GS1-CBV-Version": "2.0.0",
        "GS1-Extensions": f"postal={names().space}",
    }


def _limits() -> dict[str, str]:
    return {
        "GS1-EPCIS-Capture-Limit": str(service.MOST_EVENTS),
        "GS1-EPCIS-Capture-File-Size-Limit": str(service.LARGEST_FILE),
        "GS1-Capture-Error-Behaviour": "rollback",
    }


async def _next(request: Request[Any, Any, Any], token: str | None) -> dict[str, str]:
    if token is None:
        return {}
    kept = [pair for pair in _pairs(request) if pair[0] != "nextPageToken"]
    query = urlencode([*kept, ("nextPageToken", token)])
    return {
        "Link": f'<{request.scope["path"]}?{query}>; rel="next"',
        "GS1-Next-Page-Token-Expires": expiry(await clock.now()),
    }


HANDLERS = (EpcisController,)
