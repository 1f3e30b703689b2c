"""The portal's codes: ten states and their moves, channels, ways of return, forms of papers, written instants."""

import re
from datetime import UTC, datetime, timedelta, timezone

from shipments.dossiers.rules import Channel, LineForm, ServiceMode, Status

VIETNAM = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh has had this offset, without summer time, for as long as there has been a portal."""

STATUS_NAMES: dict[Status, tuple[str, str]] = {
    Status.REGISTERED: ("Mới đăng ký", "Registered"),
    Status.RECEIVED: ("Được tiếp nhận", "Received"),
    Status.REJECTED: ("Không được tiếp nhận", "Not received"),
    Status.PROCESSING: ("Đang xử lý", "Being processed"),
    Status.SUPPLEMENT: ("Yêu cầu bổ sung giấy tờ", "Supplement asked for"),
    Status.FEE: ("Yêu cầu thực hiện nghĩa vụ tài chính", "Financial duty to be met"),
    Status.WITHDRAWAL: ("Công dân yêu cầu rút hồ sơ", "The citizen asks to withdraw"),
    Status.STOPPED: ("Dừng xử lý", "Stopped"),
    Status.DONE: ("Đã xử lý xong", "Done"),
    Status.RETURNED: ("Đã trả kết quả", "Result returned"),
}

_S = Status
MOVES: dict[Status, frozenset[Status]] = {
    _S.REGISTERED: frozenset({_S.RECEIVED, _S.REJECTED, _S.WITHDRAWAL}),
    _S.RECEIVED: frozenset({_S.PROCESSING, _S.SUPPLEMENT, _S.WITHDRAWAL, _S.STOPPED}),
    _S.REJECTED: frozenset(),
    _S.PROCESSING: frozenset({_S.SUPPLEMENT, _S.FEE, _S.WITHDRAWAL, _S.STOPPED, _S.DONE}),
    _S.SUPPLEMENT: frozenset({_S.RECEIVED, _S.PROCESSING, _S.WITHDRAWAL, _S.STOPPED}),
    _S.FEE: frozenset({_S.PROCESSING, _S.WITHDRAWAL, _S.STOPPED}),
    _S.WITHDRAWAL: frozenset({_S.PROCESSING}),
    _S.STOPPED: frozenset(),
    _S.DONE: frozenset({_S.RETURNED}),
    _S.RETURNED: frozenset(),
}
"""Which state may follow which; 7 falls back to 4 where the withdrawal is refused."""


def reachable(begin: Status, end: Status) -> bool:
    """Tell whether a case may come from one state to another by some moves, none at all included."""
    seen, ahead = {begin}, [begin]
    while ahead:
        for following in MOVES[ahead.pop()] - seen:
            seen.add(following)
            ahead.append(following)
    return end in seen


CHANNELS = {Channel.DIRECT: "1", Channel.ONLINE: "2", Channel.POST: "3"}
FORMS: dict[LineForm, str] = {"original": "0", "copy": "1", "electronic": "2"}
CHANNELS_READ = {code: channel for channel, code in CHANNELS.items()}
FORMS_READ = {code: form for form, code in FORMS.items()}
BY_POST, AT_DESK = "1", "0"

ORGANISATIONS = frozenset(
    {"tax_code", "business", "business_code", "enterprise", "organisation", "mst", "dkkd"}
)
"""Kinds of identity papers that an enterprise has, not a person (`LoaiDoiTuong` 2)."""

WRITTEN = re.compile(r"\d{14}|\d{8}", re.ASCII)


def written(at: datetime | None) -> str:
    """Write an instant as `yyyyMMddHHmmss` of Vietnam; what is not known is empty."""
    return at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S") if at else ""


def read_instant(text: str) -> datetime | None:
    """Read an instant of Vietnam, a day alone being its midnight; None for an empty text.

    Raises:
        ValueError: The text is none.
    """
    if not text:
        return None
    if WRITTEN.fullmatch(text) is None:
        raise ValueError(text)
    form = "%Y%m%d%H%M%S" if len(text) == 14 else "%Y%m%d"
    local = datetime.strptime(text, form).replace(tzinfo=VIETNAM)
    if local.year < 1970:
        raise ValueError(text)
    return local.astimezone(UTC)


def channel_of(mode: ServiceMode, channel: Channel | None) -> str:
    """Say how a dossier came in: 3 where the post brings it, else as it was recorded, else nothing."""
    if mode is not ServiceMode.RETURN:
        return CHANNELS[Channel.POST]
    return CHANNELS[channel] if channel else ""


def way_back(mode: ServiceMode) -> str:
    """Say how the result goes back (`HinhThuc`)."""
    return AT_DESK if mode is ServiceMode.SUBMIT else BY_POST


def mode_of(kenh: str, hinh_thuc: str) -> ServiceMode | None:
    """Read what the post carries; None where it carries nothing."""
    comes, goes = kenh == CHANNELS[Channel.POST], hinh_thuc == BY_POST
    if comes and goes:
        return ServiceMode.BOTH
    if comes:
        return ServiceMode.SUBMIT
    return ServiceMode.RETURN if goes else None
