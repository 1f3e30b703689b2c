"""What staff are told of, and when: at once or once a day, never in the hours that they keep free. Pure."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from integrations.notifications.rules.model import Subscription
from integrations.notifications.rules.timing import ZONE

RHYTHMS: dict[str, tuple[str, str]] = {
    "at_once": ("Ngay khi có việc", "At once"),
    "daily": ("Mỗi ngày một thư, đầu giờ sáng", "One message a day, in the morning"),
}
MORNING = 7
MOST_LINES = 50
STAFF_KINDS: dict[str, tuple[str, str]] = {
    "result": ("Kết quả đã có, chờ bưu cục đến nhận", "A result waits to be collected"),
    "supplemented": ("Giấy tờ bổ sung đã nộp", "Papers asked for were handed in"),
    "near_due": ("Hồ sơ sắp đến hạn", "A dossier is near its limit"),
    "late": ("Hồ sơ đã quá hạn", "A dossier is past its limit"),
    "discrepancy": (
        "Chênh lệch giao cho đơn vị giải quyết",
        "A discrepancy to be settled by the organisation",
    ),
    "run": ("Chuyến giao nhận chưa đi đúng giờ", "A run that did not leave in time"),
}


class StaffSetting(Struct, frozen=True, kw_only=True):
    """What a member of staff chose."""

    subscription: Subscription
    person: str
    rhythm: str
    kinds: tuple[str, ...]
    quiet_from: int
    quiet_until: int


class StaffFact(Struct, frozen=True, kw_only=True):
    """One thing to act on: a code, and the instant that matters (of the limit, or when it happened)."""

    fact: str
    kind: str
    code: str
    at: datetime


def bundles_now(rhythm: str, last: datetime | None, now: datetime) -> bool:
    """Say whether what is there goes out now: by day, once after seven in the morning."""
    if rhythm == "at_once":
        return True
    local = now.astimezone(ZONE)
    return local.hour >= MORNING and (last is None or last.astimezone(ZONE).date() < local.date())


def lines_of(facts: Sequence[StaffFact]) -> dict[str, object]:
    """Give what a notice keeps of the facts that it tells: codes and instants, nothing personal."""
    shown = facts[:MOST_LINES]
    return {
        "lines": [{"kind": each.kind, "code": each.code, "at": each.at.isoformat()} for each in shown],
        "more": len(facts) - len(shown),
    }
