"""Answers in the portal's shape."""

from typing import Any

from msgspec import Struct, field


class RowReply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one row. `error_code` "0": taken (`outcome` says how); else a stable code and what to do."""

    code: str = field(name="MaHoSo", default="")
    error_code: str = field(default="")
    message: str = field(default="")
    outcome: str | None = None
    field_name: str | None = field(name="field", default=None)
    from_status: int | None = field(name="from", default=None)
    to_status: int | None = field(name="to", default=None)
    unknown_fields: tuple[str, ...] = ()


class PortalReply(Struct, frozen=True, kw_only=True):
    """The reply of a service: `error_code` "0" where every row was taken, or kept to be taken by itself."""

    error_code: str
    message: str
    message_id: str
    state: str
    data: list[RowReply]


def row_reply(told: dict[str, Any]) -> RowReply:
    """Show what became of a row."""
    return RowReply(
        code=told.get("MaHoSo", ""),
        error_code=told.get("error_code", ""),
        message=told.get("message", ""),
        outcome=told.get("outcome"),
        field_name=told.get("field"),
        from_status=told.get("from"),
        to_status=told.get("to"),
        unknown_fields=tuple(told.get("unknown_fields", ())),
    )
