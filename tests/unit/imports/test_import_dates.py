"""Dates and numbers of agencies' files: read as the profile says, never guessed."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.imports.rules.dates import (
    EXCEL_EPOCH,
    STANDARD,
    DateError,
    from_serial,
    read_moment,
    refuse_formats,
)
from integrations.imports.rules.numbers import Numbers, read_number
from postal.network.rules import LOCAL

MONTH_FIRST = ("MM/dd/yyyy", "MM/dd/yyyy HH:mm")
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001 - given a zone below
    lambda at: at.replace(second=0, microsecond=0)
)


@given(moments)
def test_each_way_of_writing_a_moment_gives_that_moment(at):
    local = at.replace(tzinfo=LOCAL)
    for form in ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S", "%H:%M, %d/%m/%Y"):
        assert read_moment(at.strftime(form), STANDARD).at == local
    assert read_moment(at.strftime("%m/%d/%Y %H:%M"), MONTH_FIRST).at == local
    day = read_moment(f" {at.day}/{at.month}/{at.year} ", STANDARD, day_at=time(17))
    assert (day.at, day.day_only) == (local.replace(hour=17, minute=0), True)


@given(moments)
def test_a_date_in_the_other_order_is_refused_with_its_other_reading_or_marked(at):
    written = at.strftime("%m/%d/%Y")
    if at.day > 12:
        with pytest.raises(DateError) as caught:
            read_moment(written, STANDARD)
        assert caught.value.swapped.date() == at.date()
    else:
        assert read_moment(written, STANDARD).both_ways == (at.day != at.month)


@given(moments)
def test_a_serial_number_of_a_spreadsheet_is_its_moment(at):
    serial = (at - EXCEL_EPOCH) / timedelta(days=1)
    assert from_serial(serial).at == at.replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hôm qua",
        "31/02/2026",
        "2026-13-01",
        "23/11/26",
        "23/11/2026 25:00",
        "0/1/2026",
        "٢٣/١١/٢٠٢٦",
        "46349",
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(DateError):
        read_moment(text, STANDARD)


def test_a_serial_number_counts_as_text_only_where_the_profile_says_so():
    assert read_moment("46349", (*STANDARD, "excel")).at.date() == datetime(2026, 11, 23).date()  # noqa: DTZ001
    for serial in (0, 1, 19_999, 90_000, 1e9):
        with pytest.raises(DateError):
            from_serial(serial)


@pytest.mark.parametrize(
    "formats", [("dd/MM/yyyy", "MM/dd/yyyy"), ("dd/MM/yy",), ("dd MMM yyyy",), ("%d/%m/%Y",)]
)
def test_formats_that_nobody_could_read_apart_are_refused(formats):
    with pytest.raises(ValueError, match="date format"):
        refuse_formats(formats)


@given(st.integers(0, 10**15))
def test_numbers_are_read_with_and_without_thousands(number):
    grouped = f"{number:,}".replace(",", ".")
    for text in (str(number), grouped, f"{grouped},00", f" {grouped} "):
        assert read_number(text, Numbers()) == number
    assert read_number(f"{number:,}", Numbers(thousands=",", decimal=".")) == number


@pytest.mark.parametrize(
    "text", ["", "1.00", "1.0000", ".100", "1,5", "-1", "1e3", "một", "1.000,5", True, 1.5]
)
def test_what_is_no_whole_number_is_refused(text):
    with pytest.raises(ValueError, match="whole"):
        read_number(text, Numbers())
