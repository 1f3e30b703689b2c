"""Reading what a partner's program sends: each field by itself, refused with a pointer and a sentence. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from postal.errors import PostalError, Unprocessable
from postal.network.rules import LOCAL
from shipments.pieces.rules import is_s10, s10_check_digit

FUTURE = timedelta(minutes=5)
"""How far a partner's clock may be ahead of ours."""

MOST_ROWS = 1_000
MOST_MONEY = 1_000_000_000
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/\-]{0,63}")
_S10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_INSTANT = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?[+-][0-9]{2}:[0-9]{2}"
)
_LOCAL_OFFSET = timedelta(hours=7)

Given = Mapping[str, Any]


def bad(code: str, vi: str, en: str, pointer: str = "") -> Unprocessable:
    """Say what is wrong with a field."""
    return Unprocessable(code, vi=vi, en=en, pointer=pointer)


def decoded(raw: bytes) -> Any:
    """Decode JSON; raise for what is none, which is what a truncated message is."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad(
            "post.not_json",
            "Bản tin không đọc được, có thể bị cắt ngang; hãy gửi lại trọn vẹn",
            "The message cannot be read, maybe it was cut short; send it again whole",
        ) from error


def object_of(value: Any, pointer: str = "") -> dict[str, Any]:
    """Give an object with string keys."""
    if isinstance(value, dict):
        return value
    raise bad("post.no_object", "Phải là một đối tượng JSON", "This must be a JSON object", pointer)


def rows_of(given: Given, name: str) -> list[Any]:
    """Give the list under a name; a message of too many rows is refused whole."""
    rows = given.get(name)
    if not isinstance(rows, list):
        raise bad("post.no_list", f"Thiếu danh sách {name}", f"The list {name} is missing", f"/{name}")
    if len(rows) > MOST_ROWS:
        raise bad(
            "post.too_many_rows",
            f"Mỗi bản tin nhiều nhất {MOST_ROWS} dòng; hãy chia nhỏ",
            f"A message has at most {MOST_ROWS} rows; send several",
            f"/{name}",
        )
    return rows


def text(given: Given, name: str, most: int = 200, *, at: str = "") -> str | None:
    """Give a text without its outer blanks; None where there is none."""
    value = given.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > most or any(ord(sign) < 32 for sign in value):
        raise bad(
            "post.text",
            f"{name} phải là một dòng chữ, nhiều nhất {most} ký tự",
            f"{name} must be one line of at most {most} characters",
            f"{at}/{name}",
        )
    return value.strip() or None


def needed(given: Given, name: str, most: int = 200, *, at: str = "") -> str:
    """Give a text that must be there."""
    found = text(given, name, most, at=at)
    if found is None:
        raise bad("post.missing", f"Thiếu {name}", f"{name} is missing", f"{at}/{name}")
    return found


def number(given: Given, name: str, *, at: str = "") -> str:
    """Give a number by which the partner names something: it goes into the ledger and into addresses."""
    found = needed(given, name, 64, at=at)
    if not NUMBER.fullmatch(found):
        raise bad(
            "post.number",
            f"{name} chỉ gồm chữ cái không dấu, chữ số và . _ / -",
            f"{name} may hold letters, digits and . _ / - alone",
            f"{at}/{name}",
        )
    return found


def whole(given: Given, name: str, least: int, most: int, *, at: str = "") -> int | None:
    """Give a whole number within bounds; never a fraction, a text or a truth value."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise bad(
            "post.whole_number",
            f"{name} phải là số nguyên từ {least} đến {most}",
            f"{name} must be a whole number from {least} to {most}",
            f"{at}/{name}",
        )
    return value


def item(value: str, pointer: str = "") -> str:
    """Give an S10 code, or raise with the digit that it should end in; it is never repaired."""
    if not _S10.fullmatch(value):
        raise bad(
            "post.not_s10",
            "Số hiệu bưu gửi phải có dạng S10: 2 chữ cái, 9 chữ số, VN",
            "An item has an S10 code: 2 letters, 9 digits, VN",
            pointer,
        )
    if not value.endswith("VN"):
        raise bad(
            "post.not_domestic",
            "Chỉ nhận bưu gửi trong nước (mã kết thúc bằng VN)",
            "Domestic items alone are taken (codes that end in VN)",
            pointer,
        )
    if not is_s10(value):
        right = s10_check_digit(value[2:10])
        raise bad(
            "post.check_digit",
            f"{value} sai chữ số kiểm tra: phải là {right}; hãy đọc lại mã trên bưu gửi",
            f"{value} has a wrong check digit, it should be {right}; read the code on the item again",
            pointer,
        )
    return value


def instant(given: Given, name: str, received_at: datetime, *, at: str = "") -> datetime:
    """Give a Vietnamese local time with its offset; another zone, no zone, and the future are refused."""
    found = needed(given, name, 40, at=at)
    pointer = f"{at}/{name}"
    try:
        moment = datetime.fromisoformat(found) if _INSTANT.fullmatch(found) else None
    except ValueError:
        moment = None
    if moment is None:
        raise bad(
            "post.time",
            f"{name} phải có dạng 2026-11-23T08:00:00+07:00",
            f"{name} must be written as 2026-11-23T08:00:00+07:00",
            pointer,
        )
    if moment.utcoffset() != _LOCAL_OFFSET:
        raise bad(
            "post.wrong_zone",
            f"{name} phải theo giờ Việt Nam (+07:00)",
            f"{name} must be in Vietnamese time (+07:00)",
            pointer,
        )
    if moment > received_at + FUTURE:
        raise bad(
            "post.in_the_future",
            f"{name} ở tương lai; hãy chỉnh đồng hồ của hệ thống gửi",
            f"{name} lies in the future; set the clock of the sending system",
            pointer,
        )
    return moment.astimezone(UTC)


def local(at: datetime) -> str:
    """Write an instant as a Vietnamese local time with its offset."""
    return at.astimezone(LOCAL).isoformat()


def told(refused: PostalError) -> dict[str, Any]:
    """Put a refusal into the answer of a row."""
    return {
        "outcome": "refused",
        "code": refused.code,
        "message": f"{refused.vi} / {refused.en}",
        "pointer": refused.pointer,
    }
