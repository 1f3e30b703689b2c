"""The first page, sign-in, and the start page of a signed-in person."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from postal import clock
from postal.errors import PostalError, Unauthenticated, Unprocessable
from postal.http.language import page_language
from postal.http.limits import Limit, limited, spend
from postal.identity import service as identity
from postal.identity.access import ANYONE, SIGNED_IN
from postal.identity.cookies import cookie_name, session_cookie
from postal.identity.rules import Actor, Role
from postal.identity.service.sessions import ABSOLUTE, normal_login
from postal.network import repository as organisations
from postal.web.rendering import page
from postal.web.sections import needs_of, sections_for

ROLE_NAMES: dict[Role, tuple[str, str]] = {
    Role.CLERK: ("Giao dịch viên", "Clerk"),
    Role.COURIER: ("Bưu tá", "Courier"),
    Role.SORTER: ("Nhân viên khai thác", "Sorter"),
    Role.SUPERVISOR: ("Kiểm soát viên bưu cục", "Supervisor"),
    Role.POST_DESK: ("Nhân viên bưu điện tại Một cửa", "Post officer at the desk"),
    Role.DESK: ("Cán bộ Một cửa", "Desk officer"),
    Role.SPECIALIST: ("Cán bộ chuyên môn", "Specialist"),
    Role.AGENCY_HEAD: ("Lãnh đạo cơ quan", "Head of agency"),
    Role.CONTROL: ("Cán bộ kiểm soát TTHC", "Procedure control"),
    Role.REGULATOR: ("Cơ quan quản lý", "Regulator"),
    Role.ADMIN: ("Quản trị", "Administrator"),
    Role.SYSTEM: ("Hệ thống", "System"),
    Role.SCANNER: ("Máy quét", "Scanner"),
}

ATTEMPTS = 10
BY_LOGIN = Limit("sign-in-login", ATTEMPTS, 60)
"""Attempts for one login; an administrator forgets them to let somebody in at once."""


class SignInForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the sign-in form sends."""

    login: Annotated[str, msgspec.Meta(max_length=100)] = ""
    password: Annotated[str, msgspec.Meta(max_length=256)] = ""
    organisation: Annotated[str, msgspec.Meta(max_length=40)] = ""


@get("/", opt=ANYONE, include_in_schema=False, summary="First page")
async def start(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the tracking box."""
    return page(request, "web/start.html", title=("Hồ sơ đang ở đâu", "Where is your dossier"))


@get("/sign-in", opt=ANYONE, include_in_schema=False, summary="Sign-in form")
async def sign_in_form(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Show the form; whoever is signed in already goes on."""
    if request.user.kind == "session":
        return Redirect("/home", status_code=303)
    return _form(request, "")


@post(
    "/sign-in", opt={**ANYONE, **limited("sign-in", ATTEMPTS, 60)}, include_in_schema=False, summary="Sign in"
)
async def sign_in(
    request: Request[Actor, Any, Any],
    data: Annotated[SignInForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Open a session; attempts are counted by address and by login."""
    await spend(request, BY_LOGIN, key=normal_login(data.login))
    scheme = request.url.scheme
    try:
        opened = await identity.sign_in(
            data.login,
            data.password,
            data.organisation or None,
            earlier=request.cookies.get(cookie_name(scheme)),
            now=await clock.now(),
        )
    except (Unauthenticated, Unprocessable) as refused:
        return await _refused(request, data.login, refused)
    answer: Response[Any] = Redirect("/home", status_code=303)
    answer.set_cookie(session_cookie(opened.token, scheme, ABSOLUTE))
    return answer


@post("/sign-out", opt=ANYONE, include_in_schema=False, summary="Sign out")
async def sign_out(request: Request[Actor, Any, Any]) -> Response[Any]:
    """End the session."""
    name = cookie_name(request.url.scheme)
    if (token := request.cookies.get(name)) is not None:
        await identity.sign_out(token)
    answer: Response[Any] = Redirect("/", status_code=303)
    answer.set_cookie(
        Cookie(key=name, value="", path="/", max_age=0, secure=request.url.scheme == "https", httponly=True)
    )
    return answer


@get("/home", opt=SIGNED_IN, include_in_schema=False, summary="Start page of a signed-in person")
async def home(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show who is signed in, and what each package offers to that role."""
    actor = request.user
    now = await clock.now()
    english = page_language(request.scope) == "en"
    sections = await sections_for(actor, now)
    own = (await organisations.find_many([actor.organisation])) if actor.organisation else {}
    return page(
        request,
        "web/home.html",
        title=("Bàn làm việc", "Workplace"),
        now=now,
        organisation_name=own[actor.organisation].name if actor.organisation in own else "",
        roles=sorted(ROLE_NAMES[role][english] for role in actor.roles),
        sections=sections,
        needs=needs_of(sections),
    )


async def _refused(request: Request[Actor, Any, Any], login: str, refused: PostalError) -> Response[Any]:
    codes = refused.extra.get("organisations", ())
    named = await organisations.find_many(codes) if codes else {}
    choices = [(code, named[code].name if code in named else code) for code in codes]
    sentence = refused.en if page_language(request.scope) == "en" else refused.vi
    return _form(request, login, sentence, choices, status=refused.status)


def _form(
    request: Request[Actor, Any, Any],
    login: str,
    refused: str = "",
    choices: list[tuple[str, str]] | None = None,
    *,
    status: int = 200,
) -> Response[str]:
    return page(
        request,
        "web/sign_in.html",
        title=("Đăng nhập", "Sign in"),
        status=status,
        login=login,
        refused=refused,
        organisations=choices or [],
    )


PAGE_HANDLERS: tuple[Any, ...] = (start, sign_in_form, sign_in, sign_out, home)
