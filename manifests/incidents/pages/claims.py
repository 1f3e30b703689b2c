"""Pages of claims: taking one at the counter, following it, answering it; and for the citizen how it stands."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from manifests.incidents import repository, service
from manifests.incidents.pages.incidents import CLAIMS, KINDS
from manifests.incidents.repository import Claimant
from manifests.incidents.rules import SETTLERS, TAKERS, ClaimKind
from manifests.incidents.schemas import NewClaimant
from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.limits import limited
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import ANYONE, SIGNED_IN, roles
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.network import repository as network
from postal.network.rules import local_day
from postal.web.rendering import page
from shipments.pieces.rules import Refusal, normalise

ON_A_PAGE = 50
OPEN = {**ANYONE, **limited("claims", 20, 60)}
UNKEPT = {"Cache-Control": "no-store"}
FIELDS = ("piece", "kind", "name", "phone", "address", "statement")

OfPiece = Annotated[str | None, QueryParameter(max_length=60, description="The piece to claim for")]
OfClaim = Annotated[str | None, QueryParameter(name="code", max_length=60, description="The claim's number")]


@get("/claims", opt=SIGNED_IN, include_in_schema=False, summary="Page: claims")
async def show_list(
    request: Request[Actor, Any, Any], piece: OfPiece = None, cursor: PageCursor = None
) -> Response[str]:
    """List the claims for pieces that the person's organisation sees, with a form to take one."""
    return await _list(request, decode_cursor(cursor, tuple[datetime, str]), {"piece": piece or ""})


@post("/claims", opt=roles(*TAKERS), include_in_schema=False, summary="Page: take a claim")
async def take(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Take a claim and go to its page; what was typed stays on the form if it is refused."""
    form = await request.form()
    given = {name: str(form.get(name) or "").strip() for name in FIELDS}
    try:
        view = await service.lodge(
            _code(given["piece"]),
            _kind(given["kind"]),
            _claimant(given),
            lodged_at=None,
            actor=request.user,
            now=await clock.now(),
        )
    except (BadInput, Conflict, Forbidden, NotFound, Unprocessable) as refused:
        return await _list(request, None, given, refused)
    return Redirect(f"/claims/{view.claim.code}", status_code=303)


@get("/claims/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a claim")
async def show(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show a claim: until when it could be lodged, by when it is answered, what the law gives."""
    return await _claim(request, code)


@post("/claims/{code:str}", opt=roles(*SETTLERS), include_in_schema=False, summary="Page: answer a claim")
async def answer(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Answer a claim by the code of the outcome."""
    await repository.get_claim(code, request.user)
    form: FormMultiDict = await request.form()
    outcome = str(form.get("outcome") or "")
    try:
        await service.answer(code, outcome, actor=request.user, now=await clock.now())
    except (Conflict, Forbidden, Unprocessable) as refused:
        return await _claim(request, code, refused)
    return Redirect(f"/claims/{code}", status_code=303)


@get("/k", opt=OPEN, include_in_schema=False, summary="How a claim stands")
async def follow(request: Request[Actor, Any, Any], code: OfClaim = None) -> Response[str]:
    """Tell whoever has the number of a claim how it stands; nothing about a person or the piece."""
    typed = (code or "").strip().upper()
    claim = await repository.find_claim(typed) if typed else None
    known = await law.reasons_at(local_day(await clock.now()))
    return page(
        request,
        "incidents/follow.html",
        title=("Theo dõi khiếu nại", "Follow a claim"),
        status=404 if typed and claim is None else 200,
        headers=UNKEPT,
        typed=typed[:60],
        claim=claim,
        claim_words=CLAIMS,
        kind_words=KINDS,
        outcomes={each.code: (each.name_vi, each.name_en) for each in known if each.applies_to == "claim"},
    )


async def _list(
    request: Request[Actor, Any, Any],
    after: tuple[datetime, str] | None,
    typed: dict[str, str],
    refused: PostalError | None = None,
) -> Response[str]:
    found = await repository.claims(
        request.user, code=None, piece=None, state=None, after=after, limit=ON_A_PAGE + 1
    )
    last = found[ON_A_PAGE - 1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "incidents/claims.html",
        title=("Khiếu nại", "Claims"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        refused=_sentence(request, refused),
        at_fault=(refused.pointer or "").strip("/").rpartition("/")[2] if refused else "",
        typed={name: typed.get(name, "") for name in FIELDS},
        claims=found[:ON_A_PAGE],
        following=encode_cursor((last.lodged_at, last.code)) if last else None,
        taking=bool(request.user.roles & set(TAKERS)),
        claim_words=CLAIMS,
        kind_words=KINDS,
    )


async def _claim(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None
) -> Response[str]:
    now = await clock.now()
    view = await service.claim_view(code, actor=request.user, now=now)
    lodged_by = view.claim.lodged_by
    named = await network.find_many({lodged_by} if lodged_by else set())
    return page(
        request,
        "incidents/claim.html",
        title=(f"Khiếu nại {code}", f"Claim {code}"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        refused=_sentence(request, refused),
        view=view,
        claim=view.claim,
        names={each: organisation.name for each, organisation in named.items()},
        outcomes=[each for each in await law.reasons_at(local_day(now)) if each.applies_to == "claim"],
        answering=bool(request.user.roles & set(SETTLERS)) and lodged_by in request.user.sees,
        overdue=view.claim.answer_due is not None
        and view.claim.answered_at is None
        and now > view.claim.answer_due,
        claim_words=CLAIMS,
        kind_words=KINDS,
    )


def _code(typed: str) -> str:
    code = normalise(typed)
    if isinstance(code, Refusal):
        raise BadInput("claim.piece_code", vi=code.vi, en=code.en, pointer="/piece")
    return code


def _kind(typed: str) -> ClaimKind:
    if typed not in set(ClaimKind):
        raise BadInput(
            "claim.kind", vi="Hãy chọn khiếu nại về việc gì", en="Choose what is claimed", pointer="/kind"
        )
    return ClaimKind(typed)


def _claimant(given: dict[str, str]) -> Claimant:
    """Read who claims by the rules of the API."""
    fields = {name: given[name] for name in ("name", "phone", "address", "statement") if given[name]}
    try:
        return Claimant(**msgspec.structs.asdict(msgspec.convert(fields, NewClaimant)))
    except msgspec.ValidationError as wrong:
        at_fault = next((name for name in fields if f"$.{name}" in str(wrong)), "name")
        raise BadInput(
            "claim.claimant",
            vi="Hãy ghi họ tên người khiếu nại; số điện thoại chỉ gồm chữ số",
            en="State the claimant's name; a phone number has digits only",
            pointer=f"/{at_fault}",
        ) from wrong


def _sentence(request: Request[Actor, Any, Any], refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


HANDLERS = (show_list, take, show, answer, follow)
