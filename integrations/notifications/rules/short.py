"""Text messages: one segment of 160 signs in the alphabet that every telephone has, so Vietnamese without its marks.

With marks a segment holds 70 signs and a notice would take three, some of which come late or not at all. Pure.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.notifications.rules.facts import Kind

LONGEST = 160
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""GSM 03.38, the basic table: each sign is one of the 160."""

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_SAID: dict[Kind, tuple[str, str]] = {
    Kind.CONFIRM: ("Co nguoi dang ky nhan tin bao den so nay.", "Somebody asked for news to this number."),
    Kind.DUE: ("Da tiep nhan, hen tra ket qua {due}.", "Registered; the result is due {due}."),
    Kind.MOVED: ("Ngay hen tra ket qua doi sang {due}.", "The date of the result moved to {due}."),
    Kind.APOLOGY: (
        "Co quan xin loi vi cham tra ket qua, hen lai {due}.",
        "The agency apologises for the delay; new date {due}.",
    ),
    Kind.LETTER: (
        "Co quan xin loi vi da tra ket qua cham; co van ban xin loi.",
        "The agency apologises for a late result; there is a letter.",
    ),
    Kind.SUPPLEMENT: (
        "Co quan de nghi bo sung giay to. Nop tai buu cuc hoac Bo phan Mot cua.",
        "Further papers are asked for. Hand them in at a post office or the one-stop desk.",
    ),
    Kind.RESULT: (
        "Da co ket qua, buu dien se nhan va chuyen tra.",
        "The result is ready; the post will bring it.",
    ),
    Kind.OUT: (
        "Buu ta dang di phat ket qua. Xin san giay to tuy than va phieu gui.",
        "The courier is on the way. Have an identity paper and the slip at hand.",
    ),
    Kind.ATTEMPT: (
        "Buu ta da den nhung chua phat duoc. Lan phat toi: tu {next_visit}.",
        "The courier came and could not deliver. Next visit: from {next_visit}.",
    ),
}
_UNKNOWN = ("theo thong bao cua co quan", "as the agency says")


def short_of(kind: Kind, language: str, dossier: str, facts: Mapping[str, Any]) -> str:
    """Write a notice as one segment; a code that would not fit gives up its beginning, never the news."""
    english = language == "en"
    said = _SAID[kind][english].format(**_filled(facts, english=english))
    before = "Dossier" if english else "Ho so"
    room = LONGEST - len(f"{before} : {said}")
    return f"{before} {plain(dossier)[-room:]}: {said}"


def plain(text: str) -> str:
    """Take the marks off, and what the alphabet does not have."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign if sign in GSM else "?" for sign in bare if not unicodedata.combining(sign))


def _filled(facts: Mapping[str, Any], *, english: bool) -> dict[str, str]:
    filled = {"due": _UNKNOWN[english], "next_visit": _UNKNOWN[english]}
    if facts.get("due"):
        filled["due"] = f"{datetime.fromisoformat(facts['due']).astimezone(_ZONE):%H:%M %d/%m/%Y}"
    if facts.get("next_visit"):
        filled["next_visit"] = f"{date.fromisoformat(facts['next_visit']):%d/%m/%Y}"
    return filled
