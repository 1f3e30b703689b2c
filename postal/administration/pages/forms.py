"""Reading administrators' forms: what was typed is checked as the API checks it, and kept where it is refused."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.identity.rules import Actor, Role, grantable
from postal.network import repository as network
from postal.web.pages import ROLE_NAMES
from postal.web.rendering import page

REFUSALS = (BadInput, Conflict, Forbidden, NotFound, Unprocessable)

Given = TypeVar("Given", bound=msgspec.Struct)
Caller = Request[Actor, Any, Any]

LABELS: dict[str, tuple[str, str]] = {
    "code": ("Mã", "Code"),
    "name": ("Tên", "Name"),
    "login": ("Tên đăng nhập", "Login"),
    "role": ("Vai trò", "Role"),
    "roles": ("Vai trò", "Roles"),
    "organisation": ("Đơn vị", "Organisation"),
    "parent": ("Đơn vị cấp trên", "Parent organisation"),
    "unit_code": ("Đơn vị hành chính", "Administrative unit"),
    "calendar": ("Lịch làm việc", "Calendar"),
    "kind": ("Loại", "Kind"),
    "level": ("Cấp", "Level"),
    "address_public": ("Địa chỉ công khai", "Public address"),
    "valid_from": ("Từ ngày", "From"),
    "valid_to": ("Đến hết ngày", "To the end of"),
    "successor": ("Đơn vị kế thừa", "Successor"),
    "label": ("Tên gợi nhớ", "Label"),
    "expires_on": ("Hết hạn sau ngày", "Good until the end of"),
    "password": ("Mật khẩu mới", "New password"),
    "current": ("Mật khẩu hiện tại", "Current password"),
}


def text(form: Mapping[str, Any], name: str) -> str:
    """What was typed into a field, without blanks around it."""
    value = form.get(name)
    return value.strip()[:400] if isinstance(value, str) else ""


def typed_of(form: Mapping[str, Any], *names: str) -> dict[str, str]:
    """What was typed into some fields."""
    return {name: text(form, name) for name in names}


def read(given: Mapping[str, Any], kind: type[Given]) -> Given:
    """Convert what was typed; a field that does not fit is refused by its name."""
    try:
        return msgspec.convert(
            {name: value for name, value in given.items() if value not in ("", None, [])}, kind, strict=False
        )
    except msgspec.ValidationError as error:
        raise _unreadable(str(error), kind) from error


def _unreadable(said: str, kind: type[msgspec.Struct]) -> BadInput:
    field = said.rpartition("`$.")[2].rstrip("`").split(".")[0].split("[")[0] if "`$." in said else ""
    if not field:
        field = next((name for name in kind.__struct_fields__ if f"`{name}`" in said), "")
    vi, en = LABELS.get(field, ("biểu mẫu", "the form"))
    return BadInput(
        "administration.form",
        vi=f"{vi}: chưa ghi hoặc ghi không đúng",
        en=f"{en}: missing or not well formed",
        pointer=f"/{field}" if field else None,
    )


def fault(request: Caller, refused: PostalError | None) -> dict[str, Any]:
    """Say what was refused, and at which field, for the summary above a form."""
    if refused is None:
        return {"refused": "", "field": ""}
    field = (refused.pointer or "").strip("/").split("/")[0]
    sentence = refused.en if page_language(request.scope) == "en" else refused.vi
    return {"refused": sentence, "field": {"roles": "role"}.get(field, field)}


def granted(request: Caller) -> list[tuple[str, tuple[str, str]]]:
    """Offer the roles that the caller may hand out."""
    allowed = grantable(request.user)
    return [(role.value, ROLE_NAMES[role]) for role in Role if role in allowed]


async def names_of(codes: Sequence[str | None]) -> dict[str, str]:
    """Name organisations."""
    return await network.names_of({code for code in codes if code})


def shown_once(
    request: Caller, *, title: tuple[str, str], about: str, back: str, secret: str, **more: Any
) -> Response[str]:
    """Show a secret that nobody sees again; pages are never stored by browsers on the way."""
    return page(
        request,
        "administration/secret.html",
        title=title,
        about=about,
        back=back,
        secret=secret,
        **{"until": None, "what": "password", **more},
    )


def confirmation(
    request: Caller,
    *,
    title: tuple[str, str],
    about: str,
    consequence: tuple[str, str],
    action: str,
    back: str,
    refused: PostalError | None = None,
    role: tuple[str, str] | None = None,
) -> Response[str]:
    """Ask before what cannot be undone: the title says what, `about` of whom or which."""
    return page(
        request,
        "administration/confirm.html",
        title=title,
        status=refused.status if refused else 200,
        question=title,
        about=about,
        role=role,
        consequence=consequence,
        action=action,
        back=back,
        **{**fault(request, refused), "field": "form"},
    )
