"""Scanned and typed codes: taken as they are, or refused with what to do. Nothing is repaired silently."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from shipments.pieces.rules.codes import MAX_LENGTH, dossier_of, is_dossier_code, kind_of, looks_like_s10

_TELEX = {
    "\u0301": "S",
    "\u0300": "F",
    "\u0309": "R",
    "\u0303": "X",
    "\u0323": "J",
    "\u0306": "W",
    "\u031b": "W",
}
_VNI = {
    "\u0301": "1",
    "\u0300": "2",
    "\u0309": "3",
    "\u0303": "4",
    "\u0323": "5",
    "\u0302": "6",
    "\u031b": "7",
    "\u0306": "8",
}


class Refusal(Struct, frozen=True):
    """Why a code was not taken: a stable reason, a line for a scanner's display, and what to do about it."""

    reason: str
    vi: str
    en: str
    help_vi: str
    help_en: str
    candidates: tuple[str, ...] = ()


EMPTY = Refusal(
    "empty",
    "Chưa có mã",
    "No code",
    "Quét mã vạch hoặc nhập mã in dưới mã vạch.",
    "Scan the barcode, or type the code printed below it.",
)
TOO_LONG = Refusal(
    "too_long",
    "Mã quá dài",
    "Code too long",
    "Máy quét có thể đã đọc hai mã liền nhau; hãy quét lại từng mã.",
    "The scanner may have read two codes in a row; scan them one by one.",
)
INPUT_METHOD = Refusal(
    "input_method",
    "Mã có chữ có dấu, tắt bộ gõ",
    "Accented letters: turn off input method",
    "Bộ gõ tiếng Việt hoặc chữ toàn khổ đã đổi mã (ví dụ Đ, Ă, Ơ). Tắt bộ gõ rồi quét lại.",
    "A Vietnamese input method or full-width typing changed the code (Đ, Ă, Ơ). Turn it off and scan again.",
)
SPACE = Refusal(
    "space",
    "Mã có khoảng trắng",
    "Code has spaces",
    "Nhập liền các ký tự, không có khoảng trắng hay xuống dòng.",
    "Type the characters without spaces or line breaks.",
)
LOWER_CASE = Refusal(
    "lower_case",
    "Mã phải viết hoa",
    "Code must be upper case",
    "Bật Caps Lock rồi nhập lại mã bằng chữ in hoa.",
    "Turn on Caps Lock and type the code again in capitals.",
)
CHARACTER = Refusal(
    "character",
    "Mã có ký tự lạ",
    "Code has a strange character",
    "Mã chỉ gồm chữ A-Z, chữ số, dấu chấm và dấu gạch nối.",
    "A code has only the letters A to Z, digits, dots and hyphens.",
)
CHECK_DIGIT = Refusal(
    "check_digit",
    "Sai số kiểm tra, quét lại",
    "Wrong check digit, scan again",
    "Có ký tự bị nhầm. Quét lại mã vạch; nếu nhập tay, đối chiếu từng chữ số.",
    "A character is mistaken. Scan the barcode again; if typed, compare digit by digit.",
)
PATTERN = Refusal(
    "pattern",
    "Không đúng dạng mã",
    "Not a known form of code",
    "Đây không phải số hiệu bưu gửi, mã hồ sơ, mã kết quả, mã túi, mã bảng kê hay mã chuyến thư.",
    "This is no item, dossier, result, bag, manifest or trip code.",
)


_WRITTEN = re.compile(r"[A-Z0-9.\-]+")


def normalise(raw: str, on: date | None = None) -> str | Refusal:
    """Give the code that was scanned or typed, exactly as it was, or say why it is none."""
    if refusal := _writing(raw):
        return refusal
    if looks_like_s10(raw):
        return raw if kind_of(raw) else CHECK_DIGIT
    if kind_of(raw) is None or (on is not None and _out_of_date(raw, on)):
        return PATTERN
    return raw


def _writing(raw: str) -> Refusal | None:
    if _WRITTEN.fullmatch(raw) and len(raw) <= MAX_LENGTH:
        return None
    if not raw.strip():
        return EMPTY
    if len(raw) > MAX_LENGTH * 2:
        return TOO_LONG
    if not raw.isascii():
        return (
            INPUT_METHOD
            if any(character.isalnum() for character in raw if not character.isascii())
            else CHARACTER
        )
    if any(character.isspace() for character in raw):
        return SPACE
    if raw != raw.upper():
        return LOWER_CASE
    if not all(character.isalnum() or character in ".-" for character in raw):
        return CHARACTER
    return TOO_LONG if len(raw) > MAX_LENGTH else None


def _out_of_date(code: str, on: date) -> bool:
    dossier = dossier_of(code)
    return is_dossier_code(dossier) and not is_dossier_code(dossier, on)


def candidates(raw: str, expected: Iterable[str], limit: int = 5) -> tuple[str, ...]:
    """Give the expected codes that a refused one could mean, likeliest first.

    Likeliest are those that differ only in case, spaces or what an input method does; then two neighbours swapped; then
    one character replaced.
    """
    foldings = _foldings(raw)
    ranked = sorted(
        (distance, code)
        for code in set(expected)
        if (distance := min(_distance(fold, code) for fold in foldings)) < _FAR
    )
    return tuple(code for _, code in ranked[:limit])


_FAR = 3


def _foldings(raw: str) -> frozenset[str]:
    """Undo case, spaces, full width, and the letters that Telex and VNI make of plain keys."""
    decomposed = unicodedata.normalize("NFKD", "".join(raw[: MAX_LENGTH * 2].split()).upper())
    return frozenset(
        {
            _replayed(decomposed, {}, "D"),
            _replayed(decomposed, _TELEX, "DD"),
            _replayed(decomposed, _VNI, "D9"),
        }
    )


def _replayed(decomposed: str, keys: dict[str, str], stroked_d: str) -> str:
    letters: list[str] = []
    for character in decomposed:
        if character == "Đ":
            letters.append(stroked_d)
        elif not unicodedata.combining(character):
            letters.append(character)
        elif character == "\u0302" and keys is _TELEX:
            letters.append(letters[-1] if letters else "")
        else:
            letters.append(keys.get(character, ""))
    return "".join(letters)


def _distance(fold: str, code: str) -> int:
    if fold == code:
        return 0
    if len(fold) != len(code):
        return _FAR
    differing = [place for place, (one, other) in enumerate(zip(fold, code, strict=True)) if one != other]
    if len(differing) == 1:
        return 2
    if len(differing) == 2 and differing[1] == differing[0] + 1:
        first, second = differing
        return 1 if (fold[first], fold[second]) == (code[second], code[first]) else _FAR
    return _FAR
