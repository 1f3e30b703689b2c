"""The form of an uploaded scan, and what a sync tells about a device's clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipments.custody.rules.wire import DeviceTime, Malformed, ScanUpload, body_of, read_upload

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "id": "019ab000-0000-7000-8000-000000000001",
    "seq": 1,
    "kind": "receive",
    "code": "DH123456785VN",
    "by": "NV-1",
    "occurred_at": "2026-11-23T09:29:58+07:00",
    "counted": {"documents": 5, "originals": 1},
}


def test_a_good_scan_is_read_and_its_absent_fields_leave_no_trace() -> None:
    scan = read_upload(GOOD)
    assert isinstance(scan, ScanUpload)
    assert body_of(scan, None) == {"counted": {"documents": 5, "originals": 1}}


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"id": "no-uuid"}, "scan.malformed", "/id"),
        ({"id": "019ab000-0000-4000-8000-000000000001"}, "scan.id_not_v7", "/id"),
        ({"seq": 0}, "scan.malformed", "/seq"),
        ({"seq": "1"}, "scan.malformed", "/seq"),
        ({"kind": "teleport"}, "scan.malformed", "/kind"),
        ({"occurred_at": "2026-11-23T09:29:58"}, "scan.malformed", "/occurred_at"),
        ({"occurred_at": "yesterday"}, "scan.malformed", "/occurred_at"),
        ({"counted": {"documents": -1}}, "scan.malformed", "/counted/documents"),
        ({"surprise": 1}, "scan.malformed", ""),
        ({"kind": "pack"}, "scan.container_missing", "/container"),
        ({"kind": "correct"}, "scan.corrects_missing", "/corrects"),
        ({"kind": "report"}, "scan.condition_missing", "/condition"),
        ({"note": "a\x00b"}, "scan.character", ""),
        ({"seal": {"number": "1\x00"}}, "scan.character", ""),
    ],
)
def test_a_malformed_scan_says_which_field(change: dict[str, Any], code: str, pointer: str) -> None:
    read = read_upload({**GOOD, **change})
    assert isinstance(read, Malformed)
    assert (read.code, read.pointer) == (code, pointer)
    assert len(read.vi) <= 40
    assert len(read.en) <= 40


@pytest.mark.parametrize("raw", [None, 1, "x", [], {}])
def test_what_is_no_scan_at_all_is_malformed(raw: object) -> None:
    assert isinstance(read_upload(raw), Malformed)


@given(
    skew=st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)),
    age=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)),
)
def test_a_constant_skew_is_undone_exactly(skew: timedelta, age: timedelta) -> None:
    time = DeviceTime(sent_at=NOW + skew, received_at=NOW)
    assert time.corrected(NOW + skew - age) == NOW - age


@given(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)))
def test_nothing_happens_after_we_heard_of_it(ahead: timedelta) -> None:
    time = DeviceTime(sent_at=NOW, received_at=NOW)
    assert time.corrected(NOW + ahead) <= NOW


def test_odd_clocks_are_flagged_not_refused() -> None:
    time = DeviceTime(sent_at=NOW + timedelta(hours=1), received_at=NOW)
    assert time.oddities(NOW + timedelta(hours=2)) == ["in_future", "clock_in_doubt"]
    assert "very_late" in DeviceTime(NOW, NOW).oddities(NOW - timedelta(days=900))


def test_uncertainty_grows_with_age() -> None:
    time = DeviceTime(NOW, NOW)
    fresh, old = time.uncertainty_ms(NOW), time.uncertainty_ms(NOW - timedelta(days=1))
    assert 0 < fresh < old
