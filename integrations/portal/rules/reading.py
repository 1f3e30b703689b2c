"""Reading what another system sends: rows in an envelope or alone; unknown fields are listed, not trusted."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from integrations.portal.rules.fields import DOSSIERS, PROGRESS

MOST_ROWS = 1_000
LONGEST, MOST_LISTED = 4_000, 500
ENVELOPE = frozenset({"session", "madonvi", "service", "isUpdating", "data"})
SERVICES = {"portal.dossiers": DOSSIERS, "portal.progress": PROGRESS}

Fields = TypeVar("Fields", bound=Struct)


class FieldError(ValueError):
    """A field of a row that cannot be read; `str()` names it, and the value is never told."""

    def __init__(self, field: str, code: str, vi: str, en: str) -> None:
        super().__init__(field)
        self.field, self.code, self.vi, self.en = field, code, vi, en
        self.told = {"field": field} if field else {}


def rows_of(raw: bytes, kind: str) -> list[Any]:
    """Give the rows of a message: the enveloped form, a list, or one row alone.

    Raises:
        FieldError: It is no JSON, of another service, or holds too many rows.
    """
    try:
        message = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        raise FieldError("", "portal.not_json", "Nội dung không phải JSON", "The body is no JSON") from None
    if isinstance(message, dict) and "data" in message and "MaHoSo" not in message:
        wanted = SERVICES[kind]
        if message.get("service", wanted) != wanted:
            raise FieldError(
                "service", "portal.service", f"Cần service là {wanted}", f"The service has to be {wanted}"
            )
        message = message["data"]
    rows = message if isinstance(message, list) else [message]
    if len(rows) > MOST_ROWS:
        raise FieldError(
            "data",
            "portal.too_many_rows",
            f"Mỗi lần gửi tối đa {MOST_ROWS} hồ sơ; hãy chia nhỏ",
            f"At most {MOST_ROWS} rows a message; send several",
        )
    return rows


def service_of(raw: bytes) -> str | None:
    """Name the kind of message that an envelope holds, by its service."""
    try:
        message = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    said = message.get("service") if isinstance(message, dict) else None
    return next((kind for kind, service in SERVICES.items() if service == said), None)


def fields_of(kind: type[Fields], row: object) -> tuple[Fields, tuple[str, ...]]:
    """Read a row of a service, and list the fields of it that we do not know.

    Numbers and truths are taken as the texts that they stand for; a list that is null is empty.

    Raises:
        FieldError: The row is no object, or a field of it is of another sort.
    """
    if not isinstance(row, Mapping):
        raise FieldError(
            "", "portal.row", "Mỗi hồ sơ phải là một đối tượng JSON", "A row has to be an object"
        )
    return _read(kind, row, "")


def _read(kind: type[Fields], row: Mapping[str, Any], path: str) -> tuple[Fields, tuple[str, ...]]:
    hints = get_type_hints(kind, include_extras=False)
    values: dict[str, Any] = {}
    unknown = [f"{path}{_plain(name)}" for name in row if name not in kind.__struct_encode_fields__]
    for attribute, name in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True):
        if name not in row:
            continue
        if get_origin(hints[attribute]) is tuple:
            listed, odd = _list(get_args(hints[attribute])[0], row[name], f"{path}{name}")
            values[attribute] = listed
            unknown += odd
        else:
            values[attribute] = _text(row[name], f"{path}{name}")
    return kind(**values), tuple(dict.fromkeys(unknown))


def _list(kind: type[Struct], value: object, path: str) -> tuple[tuple[Struct, ...], list[str]]:
    if value is None or value == "":
        return (), []
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise FieldError(path, "portal.field_type", f"{path} phải là danh sách", f"{path} has to be a list")
    if len(value) > MOST_LISTED:
        raise FieldError(path, "portal.field_long", f"{path} quá dài", f"{path} is too long")
    read = [_read(kind, each, f"{path}[].") for each in value]
    return tuple(each for each, _ in read), [name for _, unknown in read for name in unknown]


def _text(value: object, path: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        value = str(value)
    if not isinstance(value, str):
        raise FieldError(path, "portal.field_type", f"{path} phải là chuỗi", f"{path} has to be a text")
    text = value.strip()
    if len(text) > LONGEST or "\x00" in text:
        raise FieldError(
            path, "portal.field_long", f"{path} quá dài hoặc có ký tự lạ", f"{path} is too long or odd"
        )
    return text


def _plain(name: str) -> str:
    """Show a name that somebody else chose: short, and of letters."""
    return "".join(sign if sign.isalnum() or sign in "_.-" else "?" for sign in str(name))[:60]
