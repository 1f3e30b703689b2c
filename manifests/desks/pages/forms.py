"""What the desk's forms have in common: who may, the words of a refusal, and the field that it is about."""

from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict
from msgspec import Struct

from postal.errors import BadInput, Conflict, Forbidden, Gone, NotFound, PostalError, TooLarge, Unprocessable
from postal.http.language import page_language
from postal.identity.access import roles
from postal.identity.rules import Role

AGENCY = (Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.POST_DESK)
WORKS = roles(*AGENCY)
READS = roles(*AGENCY, Role.CLERK, Role.SUPERVISOR, Role.CONTROL, Role.REGULATOR)
LISTS = roles(*AGENCY, Role.CONTROL, Role.REGULATOR)
REGISTERS = roles(Role.CLERK, Role.POST_DESK, Role.DESK)
TAKES_IN = roles(Role.DESK, Role.POST_DESK, Role.CLERK, Role.SORTER, Role.SUPERVISOR)

REFUSALS = (BadInput, Conflict, Forbidden, Gone, NotFound, TooLarge, Unprocessable)
LONGEST_FIELD = 20_000


class Refused(Struct, frozen=True):
    """What the error summary of a form says, and the id of the field that it leads to."""

    sentence: str
    code: str
    field: str


def refusal(
    request: Request[Any, Any, Any], refused: PostalError | None, fields: dict[str, str], default: str
) -> Refused | None:
    """Give the words of a refusal in the reader's language, and which field to mend."""
    if refused is None:
        return None
    sentence = refused.en if page_language(request.scope) == "en" else refused.vi
    pointer = refused.pointer or ""
    first = pointer.removeprefix("/").partition("/")[0]
    return Refused(sentence, refused.code, fields.get(pointer) or fields.get(first) or default)


def typed(form: FormMultiDict, name: str, longest: int = LONGEST_FIELD) -> str:
    """Give what was typed into a field, without spaces around it; a file is nothing."""
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    if len(value) > longest:
        raise BadInput("desk.too_long", vi="Nội dung quá dài", en="That is too long", pointer=f"/{name}")
    return value.replace("\x00", "").strip()


def everything(form: FormMultiDict) -> dict[str, str]:
    """Give the fields of a form as text, the several of one name in a row; what tells a form from another one."""
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields[name] = f"{fields[name]}\n{value}" if name in fields else value
    return fields
