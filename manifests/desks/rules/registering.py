"""The form of a new dossier: what was typed, read into what is registered, or which field to mend. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from postal.errors import BadInput
from shipments.dossiers.schemas import NewDossier

MOST_LINES = 200

FIELDS: dict[str, tuple[str, str]] = {
    "code": ("Mã hồ sơ không đúng dạng", "The code is not well-formed"),
    "procedure": ("Hãy chọn thủ tục trong danh mục", "Choose a procedure of the list"),
    "service_mode": ("Hãy chọn bưu chính làm gì", "Choose what the post does"),
    "channel": ("Hãy chọn cách nộp", "Choose how it came in"),
    "consent": ("Hãy chọn cách người nộp đồng ý", "Choose how the applicant agreed"),
    "desk": ("Hãy chọn Bộ phận Một cửa trong danh sách", "Choose the desk from the list"),
    "authority": ("Hãy chọn cơ quan trong danh sách", "Choose the authority from the list"),
    "office": ("Hãy chọn bưu cục trong danh sách", "Choose the post office from the list"),
    "name": ("Hãy nhập họ và tên người nộp", "Enter the applicant's name"),
    "phone": ("Số điện thoại gồm 8 đến 20 chữ số, ví dụ 0912 345 678", "A phone number has 8 to 20 digits"),
    "address": ("Địa chỉ quá dài", "The address is too long"),
    "email": ("E-mail chưa đúng, ví dụ an@example.vn", "That is no e-mail address"),
    "identity_type": ("Loại giấy tờ tùy thân chưa đúng", "That is no kind of identity paper"),
    "identity_number": ("Số giấy tờ tùy thân gồm 4 đến 20 chữ in hoa, chữ số", "4 to 20 capitals and digits"),
}
"""Each field of the form, and what to say when it cannot be read."""

PERSON = ("name", "phone", "address", "email", "identity_type", "identity_number")
PARTS = ("code", "procedure", "service_mode", "channel", "consent", "desk", "authority", "office")

_PLACE = re.compile(r"\$((?:\.\w+|\[\d*\.*\])*)")


class TypedLine(Struct, frozen=True, kw_only=True):
    """One paper as typed: `there` tells that it was handed in."""

    name: str
    form: str
    copies: str
    sheets: str
    to_return: bool
    there: bool


def lines_of(typed: Mapping[str, str], most: int) -> list[TypedLine]:
    """Read the papers of the form, by number."""
    return [
        TypedLine(
            name=typed.get(f"line-{n}-name", ""),
            form=typed.get(f"line-{n}-form", "original"),
            copies=typed.get(f"line-{n}-copies", "1"),
            sheets=typed.get(f"line-{n}-sheets", "1"),
            to_return=bool(typed.get(f"line-{n}-to_return")),
            there=bool(typed.get(f"line-{n}")),
        )
        for n in range(1, min(most, MOST_LINES) + 1)
    ]


def read(typed: Mapping[str, str], lines: Sequence[TypedLine]) -> NewDossier:
    """Read the form, or raise BadInput that points to the field at fault."""
    told: dict[str, Any] = {name: typed[name] for name in PARTS if typed.get(name)}
    told["applicant"] = {name: typed[name] for name in PERSON if typed.get(name)}
    there = [(n, line) for n, line in enumerate(lines, 1) if line.there]
    told["lines"] = [_line(n, line) for n, line in there]
    try:
        return msgspec.convert(told, NewDossier)
    except msgspec.ValidationError as wrong:
        field = _field(str(wrong), [n for n, _ in there])
        vi, en = FIELDS.get(field, ("Dòng giấy tờ này chưa đúng", "That paper is not right"))
        raise BadInput("desk.register", vi=vi, en=en, pointer=f"/{field}") from wrong


def _line(n: int, line: TypedLine) -> dict[str, Any]:
    counts = {}
    for name in ("copies", "sheets"):
        raw = getattr(line, name).strip()
        if not (raw.isascii() and raw.isdigit() and len(raw) <= 5):
            raise BadInput(
                "desk.register",
                vi="Số bản, số tờ là một số, ví dụ 1",
                en="Copies and sheets are numbers, for example 1",
                pointer=f"/line-{n}-{name}",
            )
        counts[name] = int(raw)
    return {
        "name": line.name,
        "form": line.form,
        "to_return": line.to_return and line.form == "original",
        **counts,
    }


def _field(message: str, numbers: Sequence[int]) -> str:
    """Name the field that a message of the reader is about."""
    if missing := re.search(r"missing required field `(\w+)`", message):
        return missing[1]
    found = _PLACE.search(message.partition(" - at `")[2])
    parts = re.findall(r"\w+", found[1]) if found else []
    if parts[:1] == ["lines"]:
        # The reader says which field of a line, and not always which line.
        which = (
            numbers[int(parts[1])]
            if len(parts) > 2 and parts[1].isdigit()
            else (numbers[0] if numbers else 1)
        )
        return f"line-{which}-{parts[-1] if parts[-1] in {'name', 'form', 'copies', 'sheets'} else 'name'}"
    return parts[-1] if parts else "procedure"
