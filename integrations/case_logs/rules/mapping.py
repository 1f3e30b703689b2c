"""What a row of a log becomes: a dossier, and an event of its case, with ids that follow from their content."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct

from integrations.case_logs.rules.profile import LogProcedure, Party, Profile
from integrations.case_logs.rules.reading import Refusal, Row
from postal.instants import utc
from postal.network.rules import Kind
from shipments.dossiers.rules import CaseKind
from shipments.pieces.rules import is_dossier_code

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_STEP = 200
RANKS = {"registered": 0, "piece": 1, "received": 2, "completed": 0xFFF}
RANK_OF_EVENTS = 3
ORGANISATION = re.compile(r"[A-Z0-9][A-Z0-9.\-]{1,34}")


class CaseRecord(Struct, frozen=True, kw_only=True):
    """One case of a log."""

    code: str
    procedure: str
    started: datetime
    ended: datetime | None
    due: datetime | None

    @property
    def ends_early(self) -> bool:
        """Tell a case whose end lies before its start."""
        return self.ended is not None and self.ended < self.started


class EventRecord(Struct, frozen=True, kw_only=True):
    """One event of a case."""

    kind: CaseKind
    at: datetime
    activity: str
    unit: str | None
    reference: str | None


class Mapped(Struct, frozen=True):
    """A row that is taken."""

    line: int
    case: CaseRecord
    event: EventRecord


class _Refused(Exception):
    def __init__(self, column: str | None, code: str, vi: str, en: str) -> None:
        super().__init__(code)
        self.column, self.code, self.vi, self.en = column, code, vi, en


class Mapping:
    """Maps the rows of one log; remembers what each case said first, and the units that were named."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.cases: dict[str, tuple[int, CaseRecord]] = {}
        self.units: dict[str, Party] = {}
        self._case_pattern = re.compile(profile.case.pattern)
        self._unit_pattern = re.compile(profile.units.pattern)
        self._procedures = {each.value: each for each in profile.procedures}

    def map(self, row: Row) -> Mapped | Refusal:
        """Map a row, or say by line and column why it is not taken."""
        try:
            case = self._case(row)
            event = self._event(row)
            first, known = self.cases.setdefault(case.code, (row.line, case))
            if known != case:
                raise _Refused(
                    self.profile.case.code,
                    "row.case_differs",
                    f"Thông tin hồ sơ khác với dòng {first}",
                    f"The case says something else than on line {first}",
                )
        except _Refused as refused:
            return Refusal(
                line=row.line, column=refused.column, code=refused.code, vi=refused.vi, en=refused.en
            )
        return Mapped(row.line, case, event)

    def _case(self, row: Row) -> CaseRecord:
        columns = self.profile.case
        raw = row.fields[columns.code].strip()
        matched = self._case_pattern.fullmatch(raw)
        code = matched.expand(columns.dossier).upper() if matched else ""
        if not is_dossier_code(code):
            raise _Refused(
                columns.code, "row.case_code", "Mã hồ sơ không đúng mẫu", "The case code has another form"
            )
        started = _instant(row, columns.started)
        if started is None:
            raise _missing(columns.started)
        return CaseRecord(
            code=code,
            procedure=self._procedure(row).code,
            started=started,
            ended=_instant(row, columns.ended) if columns.ended else None,
            due=_instant(row, columns.due) if columns.due else None,
        )

    def _procedure(self, row: Row) -> LogProcedure:
        column = self.profile.case.procedure
        value = row.fields[column].strip() if column else None
        procedure = self._procedures.get(value) or self._procedures.get(None)
        if procedure is None:
            raise _Refused(
                column,
                "row.procedure",
                "Thủ tục chưa có trong hồ sơ nhập",
                "The profile names no such procedure",
            )
        return procedure

    def _event(self, row: Row) -> EventRecord:
        columns = self.profile.event
        activity = row.fields[columns.activity].strip()
        kind = self.profile.activities.get(activity) or self.profile.activities.get("*")
        if kind is None or not activity or len(activity) > LONGEST_STEP:
            raise _Refused(
                columns.activity,
                "row.activity",
                "Hoạt động chưa có trong hồ sơ nhập",
                "The profile names no such activity",
            )
        at = _instant(row, columns.at)
        if at is None:
            raise _missing(columns.at)
        reference = row.fields[columns.reference].strip() if columns.reference else ""
        return EventRecord(
            kind=kind, at=at, activity=activity, unit=self._unit(row), reference=reference[:100] or None
        )

    def _unit(self, row: Row) -> str | None:
        column, units = self.profile.event.unit, self.profile.units
        value = row.fields[column].strip() if column else ""
        if value in units.none:
            return None
        matched = self._unit_pattern.fullmatch(value)
        code = matched.expand(units.code).upper() if matched else ""
        if matched is None or not ORGANISATION.fullmatch(code):
            raise _Refused(column, "row.unit", "Đơn vị không đúng mẫu", "The unit has another form")
        self.units.setdefault(
            code,
            Party(
                code=code,
                name=matched.expand(units.name),
                kind=Kind.UNIT,
                parent=self.profile.parties.authority,
            ),
        )
        return code


def stable_id(at: datetime, rank: int, *content: str) -> UUID:
    """Make a UUIDv7 of what a row says, so that the same row has the same id at every import.

    `rank` orders what happened in one millisecond: a registration before a receipt, an end after all.
    """
    milliseconds = (utc(at) - EPOCH) // timedelta(milliseconds=1)
    digest = hashlib.sha256("\x1f".join(content).encode()).digest()
    tail = int.from_bytes(digest[:8], "big") & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (rank << 64) | (2 << 62) | tail)


def _instant(row: Row, column: str) -> datetime | None:
    text = row.fields[column].strip()
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise _Refused(column, "row.time", "Thời điểm không đọc được", "The time cannot be read") from None
    if value.tzinfo is None:
        raise _Refused(column, "row.time_zone", "Thời điểm thiếu múi giờ", "The time states no offset")
    if utc(value) < EPOCH:
        raise _Refused(column, "row.time_early", "Thời điểm trước năm 1970", "The time lies before 1970")
    return utc(value)


def _missing(column: str) -> _Refused:
    return _Refused(column, "row.missing", "Thiếu giá trị", "A value is missing")
