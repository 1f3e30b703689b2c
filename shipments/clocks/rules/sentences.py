"""A derivation in sentences that an officer at the desk reads to a citizen, in Vietnamese and English."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from postal.calendars.rules import Limit, Unit
from shipments.clocks.rules.deriving import Derivation, Line, Why
from shipments.clocks.rules.model import Clock, ClockName

SECOND = 1_000_000
WEEKDAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS: dict[Unit, tuple[str, str]] = {
    Unit.HOURS: ("giờ", "hours"),
    Unit.WORKING_HOURS: ("giờ làm việc", "working hours"),
    Unit.DAYS: ("ngày", "days"),
    Unit.WORKING_DAYS: ("ngày làm việc", "working days"),
    Unit.MONTHS: ("tháng", "months"),
}
CLOCKS: dict[ClockName, tuple[str, str]] = {
    ClockName.INBOUND: ("Bưu điện chuyển hồ sơ đến cơ quan", "The post carries the papers to the agency"),
    ClockName.INTAKE: ("Kiểm tra và tiếp nhận tại quầy", "Checking and receipt at the desk"),
    ClockName.STATUTORY: ("Thời hạn giải quyết", "The statutory time limit"),
    ClockName.STEP: ("Một bước giải quyết", "One step of the case"),
    ClockName.PICKUP: ("Chờ bưu điện đến nhận kết quả", "Waiting for the post to fetch the result"),
    ClockName.RETURN: ("Bưu điện chuyển trả kết quả", "The post carries the result home"),
    ClockName.END_TO_END: (
        "Từ tay người dân đến tay người dân",
        "From the citizen's hand to the citizen's hand",
    ),
}
BEGINNINGS: dict[str, tuple[str, str]] = {
    "t0.handover": ("lúc ký biên bản giao nhận hồ sơ", "when the handover record was signed"),
    "t0.complete": ("lúc hồ sơ đầy đủ", "when the papers were complete"),
    "t0.slip": ("thời điểm ghi trên giấy tiếp nhận hồ sơ", "the moment shown on the receipt slip"),
    "t0.authority": (
        "lúc cơ quan có thẩm quyền nhận được hồ sơ",
        "when the competent authority received the papers",
    ),
    "supplemented": ("lúc nhận đủ hồ sơ bổ sung", "when the supplement was complete"),
}
Text = tuple[str, str]


class Told(Struct, frozen=True, kw_only=True):
    """A derivation as sentences: (Vietnamese, English) pairs."""

    opening: tuple[Text, ...]
    days: tuple[Text, ...]
    steps: tuple[Text, ...]


def told(derivation: Derivation) -> Told:
    """Put a derivation into words."""
    zone = derivation.clock.time.zone
    return Told(
        opening=tuple(_opening(derivation.clock)),
        days=tuple(_sentence(line, zone) for line in derivation.days),
        steps=tuple(_sentence(line, zone) for line in derivation.steps),
    )


def duration(us: int) -> Text:
    """Write a length of time in hours, minutes and, where there are any, seconds."""
    total = us // SECOND
    hours, minutes, seconds = total // 3600, total % 3600 // 60, total % 60
    parts = [(hours, "giờ", "h"), (minutes, "phút", "min"), (seconds, "giây", "s")]
    kept = [part for part in parts if part[0]] or [parts[1]]
    return " ".join(f"{n} {vi}" for n, vi, _ in kept), " ".join(f"{n} {en}" for n, _, en in kept)


def limit_text(limit: Limit) -> Text:
    """Write a published limit."""
    vi, en = UNITS[limit.unit]
    return f"{limit.value} {vi}", f"{limit.value} {en if limit.value != 1 else en.removesuffix('s')}"


def moment_text(at: datetime, zone: ZoneInfo) -> Text:
    """Write an instant with its weekday."""
    local = at.astimezone(zone)
    vi, en = _day(local.date())
    return f"{local:%H:%M} {vi}", f"{local:%H:%M} on {en}"


def _day(day: date) -> Text:
    return (
        f"{WEEKDAYS_VI[day.weekday()]} {day:%d/%m/%Y}",
        f"{WEEKDAYS_EN[day.weekday()]} {day:%d/%m/%Y}",
    )


def _opening(clock: Clock) -> Iterator[Text]:
    zone = clock.time.zone
    name = CLOCKS[clock.clock]
    if clock.started is None:
        yield f"{name[0]}: chưa bắt đầu.", f"{name[1]}: not begun."
        return
    begun = clock.begun or clock.started.at
    key = clock.rule if begun == clock.started.at else "supplemented"
    how = BEGINNINGS.get(key, ("", ""))
    vi, en = moment_text(begun, zone)
    yield (
        f"{name[0]}: tính từ {vi}{', ' + how[0] if how[0] else ''}.",
        f"{name[1]}: counted from {en}{', ' + how[1] if how[1] else ''}.",
    )
    limit = clock.due_rule.limit if clock.due_rule else None
    if limit is not None:
        vi, en = limit_text(limit)
        cited = f" ({clock.citation})" if clock.citation else ""
        yield f"Thời hạn: {vi}{cited}.", f"Limit: {en}{cited}."
    elif clock.citation:
        yield f"Căn cứ: {clock.citation}.", f"Rests on: {clock.citation}."
    version = clock.time.calendar.version
    calendar = clock.time.calendar.name or clock.calendar
    yield (
        f"Lịch làm việc: {calendar} ({clock.calendar}), phiên bản {version}.",
        f"Working calendar: {calendar} ({clock.calendar}), version {version}.",
    )
    if clock.due is not None:
        vi, en = moment_text(clock.due, zone)
        yield f"Đến hạn: {vi}.", f"Due: {en}."
    if clock.due_before is not None:
        vi, en = moment_text(clock.due_before, zone)
        yield (
            f"Trước khi lịch thay đổi, hạn là {vi}; cả hai ngày đều được lưu.",
            f"Before the calendar changed it was due {en}; both dates are kept.",
        )


def _named(line: Line) -> str:
    cited = f" ({line.citation})" if line.citation else ""
    return f"{line.name}{cited}"


def _worked(line: Line) -> Text:
    vi, en = duration(line.us)
    return f"tính {vi} làm việc", f"{en} of working time count"


def _special(line: Line) -> Text:
    vi, en = duration(line.us)
    return f"{_named(line)}: tính {vi} làm việc", f"{_named(line)}: {en} of working time count"


def _partly(line: Line) -> Text:
    (vi, en), (lost_vi, lost_en) = duration(line.us), duration(line.waited_us)
    return (
        f"tính {vi} làm việc; {lost_vi} chờ người dân không tính",
        f"{en} of working time count; {lost_en} of waiting for the citizen do not",
    )


def _counted(line: Line) -> Text:
    named = f" – {_named(line)}" if line.name else ""
    return f"ngày làm việc thứ {line.number}{named}", f"working day {line.number}{named}"


_DAYS: dict[Why, Callable[[Line], Text]] = {
    Why.WORKED: _worked,
    Why.SPECIAL: _special,
    Why.WEEKEND: lambda _: ("nghỉ cuối tuần, không tính", "weekend, not counted"),
    Why.HOLIDAY: lambda line: (
        f"{_named(line)}, ngày nghỉ, không tính",
        f"{_named(line)}, a day off, not counted",
    ),
    Why.OUTSIDE: lambda _: ("ngoài giờ làm việc, không tính", "outside working hours, not counted"),
    Why.WAIT: lambda line: (
        f"chờ người dân ({duration(line.waited_us)[0]}), không tính",
        f"waiting for the citizen ({duration(line.waited_us)[1]}), not counted",
    ),
    Why.PARTLY_WAIT: _partly,
    Why.FIRST_DAY: lambda _: ("ngày đầu, không tính", "the first day, not counted"),
    Why.COUNTED: _counted,
    Why.CALENDAR_DAY: lambda line: (f"ngày thứ {line.number}", f"day {line.number}"),
    Why.MONTHS: lambda line: (f"đủ {line.number} tháng", f"{line.number} months are over"),
    Why.MOVED: lambda line: (
        f"ngày cuối là ngày nghỉ{' ' + _named(line) if line.name else ''}, chuyển sang ngày làm việc tiếp theo",
        f"the last day is off{' (' + _named(line) + ')' if line.name else ''}, so the next working day takes its place",
    ),
    Why.BEFORE_CUTOFF: lambda line: (
        f"nhận trước {line.number}:00, phải xong trong ngày",
        f"received before {line.number}:00, to be done the same day",
    ),
    Why.AFTER_CUTOFF: lambda line: (
        f"nhận từ {line.number}:00 trở đi, chuyển vào đầu giờ ngày làm việc tiếp theo",
        f"received from {line.number}:00 on, passed on first thing on the next working day",
    ),
    Why.WAITED: lambda line: (
        f"chờ người dân {duration(line.us)[0]} làm việc, hạn lùi thêm bấy nhiêu",
        f"{duration(line.us)[1]} of working time waiting for the citizen: the due instant moves on by as much",
    ),
    Why.MADE_UP: lambda line: (
        f"bù {duration(line.us)[0]} làm việc",
        f"{duration(line.us)[1]} of working time made up",
    ),
}


def _sentence(line: Line, zone: ZoneInfo) -> Text:
    if line.day is not None and (said := _DAYS.get(line.why, _hours if line.why is Why.HOURS else None)):
        (day_vi, day_en), (vi, en) = _day(line.day), said(line)
        return f"{day_vi[0].upper()}{day_vi[1:]}: {vi}.", f"{day_en}: {en}."
    if line.why is Why.RECOUNTED:
        return (
            f"Lịch đã thay đổi (phiên bản {line.number}), nên tính lại:",
            f"The calendar has changed (version {line.number}), so it is counted again:",
        )
    if line.why is Why.AS_LONG:
        vi, en = duration(line.us)
        return (
            f"Không có thời hạn công bố: tính lại bằng thời gian đã hẹn lần đầu, {vi} làm việc.",
            f"No published limit: as long again as was promised at first, {en} of working time.",
        )
    vi, en = moment_text(line.at, zone) if line.at else ("", "")
    texts = {
        Why.PROMISED: (f"Giấy tiếp nhận hẹn trả: {vi}.", f"The receipt slip promises: {en}."),
        Why.STATED: (f"Hạn được ghi rõ: {vi}.", f"The due instant is stated: {en}."),
        Why.HOURS: (f"Cộng {line.number} giờ liên tục: {vi}.", f"Add {line.number} hours on end: {en}."),
        Why.DUE_CLOSES: (f"Hạn: {vi}, lúc hết giờ làm việc.", f"Due: {en}, at closing time."),
        Why.DUE_SAME_HOUR: (
            f"Hạn: {vi}, cùng giờ với lúc bắt đầu, trong giờ làm việc.",
            f"Due: {en}, at the hour at which it began, within working hours.",
        ),
        Why.DUE_END_OF_DAY: (f"Hạn: {vi}, hết ngày.", f"Due: {en}, when the day is over."),
    }
    return texts.get(line.why, (f"Hạn: {vi}.", f"Due: {en}."))


def _hours(line: Line) -> Text:
    vi, en = duration(line.us)
    return f"tính {vi} làm việc", f"{en} of working time"
