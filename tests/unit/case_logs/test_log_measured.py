"""The real log measured: an independent walker agrees on every case, and the parts of each sum to its whole."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.case_logs import service
from integrations.case_logs.rules.mapping import CaseRecord, EventRecord, Mapped
from integrations.case_logs.rules.measuring import measure, tabulate
from shipments.dossiers.rules import CaseKind
from tests.factories.calendars import dutch

LOG = Path(__file__).parents[3].parent / "shared" / "data" / "wabo-receipt.csv"
ZONE = ZoneInfo("Europe/Amsterdam")
OPEN = ((time(8, 30), time(12, 30)), (time(13), time(17)))
OFF = holidays.country_holidays("NL", years=range(2009, 2031))
MICROSECOND = timedelta(microseconds=1)
BEGIN = datetime(2011, 3, 20, 2, tzinfo=UTC)
GROUPS = ("G1", "G2", None)


def walked(begin, end):
    """Walk the days by the clock on the wall and add up what of each was worked; knows no prefix sums."""
    total = timedelta()
    day = begin.astimezone(ZONE).date()
    while day <= end.astimezone(ZONE).date():
        if day.weekday() < 5 and day not in OFF:
            for opens, closes in OPEN:
                low = max(datetime.combine(day, opens, ZONE).timestamp(), begin.timestamp())
                high = min(datetime.combine(day, closes, ZONE).timestamp(), end.timestamp())
                total += timedelta(microseconds=max(0, round((high - low) * 1_000_000)))
        day += timedelta(days=1)
    return total


@pytest.fixture(scope="module")
def contents():
    if not LOG.exists():
        pytest.skip("the real log is not here: ../shared/data/wabo-receipt.csv")
    profile = service.load_profile("wabo")
    return service._read(LOG, profile), *service.measure_log(LOG, profile)


def test_an_independent_walker_agrees_on_every_case_of_the_real_log(contents):
    read, table, measured = contents
    cases = {each.case.code: each.case for each in read.taken}
    assert (table.cases, table.measured, table.unfinished, table.ended_before_start) == (1434, 1327, 105, 2)
    changes = {"summer": 0, "winter": 0}
    for each in measured:
        case = cases[each.code]
        assert each.calendar_us == (case.ended - case.started) // MICROSECOND
        # The walker goes through floats of a second, which are good to the microsecond only nearly.
        assert abs(each.working_us - walked(case.started, case.ended) // MICROSECOND) < 1_000
        assert each.late == (case.ended > case.due)
        first, last = sorted((case.ended, case.due))
        sign = 1 if each.late else -1
        assert abs(each.late_working_us - sign * (walked(first, last) // MICROSECOND)) < 1_000
        offsets = case.started.astimezone(ZONE).utcoffset(), case.ended.astimezone(ZONE).utcoffset()
        changes["summer"] += offsets[0] < offsets[1]
        changes["winter"] += offsets[0] > offsets[1]
    assert min(changes.values()) > 100, "both changes of the clock lie within many cases"
    assert (table.all.on_time, table.all.late) == (950, 377)


def test_the_parts_of_every_case_sum_to_its_whole_and_are_those_of_the_walker(contents):
    read, table, measured = contents
    rows = {}
    for each in read.taken:
        rows.setdefault(each.case.code, []).append(each)
    for each in measured:
        assert sum(part.calendar_us for part in each.parts) == each.calendar_us
        assert sum(part.working_us for part in each.parts) == each.working_us
        case, at, parts = rows[each.code][0].case, rows[each.code][0].case.started, {}
        for row in sorted(
            rows[each.code], key=lambda row: (row.event.at, row.event.activity, row.event.unit or "")
        ):
            until = min(max(row.event.at, at), case.ended)
            holder = row.event.unit or "WABO"
            parts[holder] = parts.get(holder, timedelta()) + walked(at, until)
            at = until
        parts["WABO"] = parts.get("WABO", timedelta()) + walked(at, case.ended)
        for part in each.parts:
            assert abs(part.working_us - parts[part.holder] // MICROSECOND) < 10_000
    assert sum(share.working_us for share in table.by_holder) == sum(each.working_us for each in measured)
    assert sum(group.cases for group in table.by_procedure) == table.measured


def moment(hours):
    return BEGIN + timedelta(hours=hours)


@given(
    st.integers(-50, 500),
    st.one_of(st.none(), st.integers(-50, 500)),
    st.lists(st.tuples(st.integers(-100, 600), st.sampled_from(GROUPS)), min_size=1, max_size=6),
)
def test_any_case_is_measured_or_counted_and_its_parts_sum(ended, due, events):
    case = CaseRecord(
        code="WABO-1",
        procedure="P",
        started=BEGIN,
        ended=moment(ended),
        due=None if due is None else moment(due),
    )
    rows = [
        Mapped(
            line,
            case,
            EventRecord(kind=CaseKind.STEP_DONE, at=moment(at), activity="a", unit=unit, reference=None),
        )
        for line, (at, unit) in enumerate(events)
    ]
    found = measure(rows, "WABO", dutch())
    table = tabulate([case], found)
    assert (table.measured, table.ended_before_start) == ((0, 1) if ended < 0 else (1, 0))
    for each in found:
        assert (
            sum(part.calendar_us for part in each.parts)
            == each.calendar_us
            == (case.ended - BEGIN) // MICROSECOND
        )
        assert sum(part.working_us for part in each.parts) == each.working_us
        assert (each.late is None) == (due is None)
    assert measure(rows[::-1], "WABO", dutch()) == found
