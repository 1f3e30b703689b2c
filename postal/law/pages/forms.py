"""Reading the editor's forms into what the API takes, so that both check the same."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from postal.errors import BadInput

Given = TypeVar("Given", bound=msgspec.Struct)
ROWS = 50

LABELS: dict[str, tuple[str, str]] = {
    "code": ("mã", "code"),
    "name_vi": ("tên tiếng Việt", "Vietnamese name"),
    "name_en": ("tên tiếng Anh", "English name"),
    "limit": ("thời hạn", "limit"),
    "valid_from": ("ngày có hiệu lực", "start"),
    "valid_to": ("ngày hết hiệu lực", "end"),
    "citation": ("căn cứ", "citation"),
    "decision": ("số quyết định", "decision number"),
    "decided_on": ("ngày quyết định", "decision date"),
    "fee": ("phí, lệ phí", "fee"),
    "components": ("thành phần hồ sơ", "papers"),
    "steps": ("quy trình", "process"),
    "value": ("giá trị", "value"),
    "days": ("số ngày", "days"),
    "pattern": ("mẫu mã", "pattern"),
    "name": ("tên", "name"),
}


def read(typed: Mapping[str, Any], kind: type[Given]) -> Given:
    """Convert what was typed; what does not fit is refused by the name of its field."""
    given = {name: value for name, value in typed.items() if value not in ("", None)}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _unreadable(str(error), kind) from error


def procedure_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a version as they were typed, papers and steps with them."""
    plain = (
        "code", "name_vi", "name_en", "convention", "calendar", "t0_reading", "fee", "valid_from", "valid_to",
        "citation", "status", "decision", "decided_on", "after", "issuer",
    )  # fmt: skip
    flags = ("eligible_submit", "eligible_return", "requires_presence", "state_secret", "territory_free")
    return (
        {name: text(form, name) for name in plain}
        | {name: name in form for name in flags}
        | {"limit": {"value": text(form, "limit_value"), "unit": text(form, "limit_unit")}}
        | {"components": _papers(form), "steps": _steps(form)}
    )


def text(form: Mapping[str, Any], name: str) -> str:
    """What was typed into a field, without blanks around it."""
    return str(form.get(name) or "").strip()


def _papers(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for number in range(1, ROWS + 1):
        row = {name: text(form, f"paper_{name}_{number}") for name in ("code", "name_vi", "name_en", "form")}
        if row["code"] or row["name_vi"]:
            copies = text(form, f"paper_copies_{number}") or "1"
            flags = {name: f"paper_{name}_{number}" in form for name in ("required", "to_return")}
            rows.append(row | {"copies": copies} | flags)
    return rows


def _steps(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = ("name_vi", "name_en", "hours", "unit_kind", "role")
    rows = [{name: text(form, f"step_{name}_{number}") for name in names} for number in range(1, ROWS + 1)]
    return [row for row in rows if row["name_vi"] or row["hours"]]


def value_of(typed: str, standing: Any) -> Any:
    """Read a constant's value in the form of the one that stands; what is no such thing is left as text."""
    if isinstance(standing, str):
        return typed
    try:
        return msgspec.json.decode(typed)
    except msgspec.DecodeError:
        return typed


def _unreadable(told: str, kind: type[msgspec.Struct]) -> BadInput:
    place = told.rpartition("`$.")[2].rstrip("`") if "`$." in told else ""
    if not place:
        place = next((name for name in kind.__struct_fields__ if f"`{name}`" in told), "")
    name = place.split(".")[0].split("[")[0]
    vi, en = LABELS.get(name, (name or "biểu mẫu", name or "form"))
    return BadInput(
        "law.form",
        vi=f"Hãy kiểm tra mục {vi}: chưa ghi hoặc ghi không đúng",
        en=f"Check the field {en}: it is missing or not well formed",
        pointer="/" + place.replace(".", "/").replace("[", "/").replace("]", "") if place else "/form",
    )
