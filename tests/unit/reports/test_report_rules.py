from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from manifests.reports.rules import (
    DEFINITIONS,
    GROUPS,
    MEASURES,
    Cadence,
    Content,
    Figure,
    Kind,
    Line,
    Period,
    Report,
    Standing,
    Table,
    deadline_of,
    differences,
    digest_of,
    fits,
    may_publish,
    may_read,
    obligations,
    read_period,
    read_report,
    to_remind,
    written,
)
from manifests.reports.rules.composing import figure
from manifests.reports.rules.presenting import basis_text, long_rows, text_of
from manifests.reports.rules.words import SORTS, TABLES
from postal.errors import NotFound, Unprocessable
from postal.identity.rules import Actor, Role
from postal.law.rules import Constant, Constants, Status
from postal.network.rules import Kind as Party
from postal.network.rules import Level, start_of
from tests.factories.network import an_organisation

NOV = Period(2026, Cadence.MONTH, 11)
CONSTANTS = Constants(
    {
        name: Constant(
            name=name,
            value=value,
            valid_from=date(2017, 1, 1),
            valid_to=None,
            citation=name,
            status=Status.FOUND,
        )
        for name, value in {
            "report.post.quarter_day": 10,
            "report.post.half_year": "07-10",
            "report.post.year": "01-10",
            "report.unit.month_day": 15,
            "report.province.month_day": 20,
            "report.unit.period_day": 15,
            "report.province.period_day": 20,
        }.items()
    }
)
AUTHORITY = an_organisation("H57.01", kind=Party.AUTHORITY)
PROVINCE = an_organisation("H57", kind=Party.AUTHORITY, level=Level.PROVINCE)
OFFICE = an_organisation("BC-53")


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026M11", date(2026, 11, 1), date(2026, 12, 1)),
        ("2026M12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026H", date(2026, 1, 1), date(2026, 7, 1)),
        ("2026N", date(2026, 1, 1), date(2026, 10, 1)),
        ("2026Y", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_is_whole_local_months(text, first, end):
    period = read_period(text)
    assert (period.code, period.first_day, period.end_day) == (text, first, end)
    assert period.begin == datetime(first.year, first.month, 1, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026M13", "2026M00", "2026M1", "2026Q5", "1999Y", "2026Y ", "٢٠٢٦Y"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(Unprocessable):
        read_period(text)


def test_a_report_is_named_by_kind_period_and_organisation():
    report = Report(Kind.POST, Period(2026, Cadence.QUARTER, 4), "BC-530000")
    assert report.code == "BAOCAO-BUUCHINH-2026Q4-BC-530000"
    assert read_report(report.code) == report
    for wrong in (
        "BAOCAO-X-2026Q4-BC",
        "BAOCAO-766-2026M13-H57",
        "BAOCAO-766-2026Q4-",
        "x",
        "BAOCAO-766-2026M11-H57\n",
    ):
        with pytest.raises(NotFound):
            read_report(wrong)


@pytest.mark.parametrize(
    ("kind", "period", "last_day"),
    [
        (Kind.UNIT, "2026M11", date(2026, 12, 15)),
        (Kind.PROVINCE, "2026M12", date(2027, 1, 20)),
        (Kind.INDEX, "2026M11", date(2026, 12, 20)),
        (Kind.UNIT, "2026N", date(2026, 10, 15)),
        (Kind.PROVINCE, "2026Y", date(2027, 1, 20)),
        (Kind.POST, "2026Q3", date(2026, 10, 10)),
        (Kind.POST, "2026H", date(2026, 7, 10)),
        (Kind.POST, "2026Y", date(2027, 1, 10)),
    ],
)
def test_reports_are_due_before_the_day_that_the_text_names(kind, period, last_day):
    assert deadline_of(kind, read_period(period), CONSTANTS).at == start_of(last_day)


def test_nobody_owes_what_no_text_asks_for():
    assert deadline_of(Kind.POST, NOV, CONSTANTS) is None
    assert deadline_of(Kind.INDEX, read_period("2026Q4"), CONSTANTS) is None
    assert deadline_of(Kind.UNIT, NOV, Constants({})) is None


def owed_at(now, published=(), organisations=(AUTHORITY,), since=date(2026, 11, 10)):
    done = dict(published)
    today = (now + timedelta(hours=7)).date()
    found = obligations(organisations, done, CONSTANTS, since=since, today=today, now=now)
    return {each.report.code: each for each in found}


def test_an_obligation_is_ahead_then_due_then_late_and_a_publication_settles_it():
    code, due = f"BAOCAO-DONVI-2026M11-{AUTHORITY.code}", start_of(date(2026, 12, 15))
    assert owed_at(start_of(date(2026, 11, 30))) == {}
    standing = {days: owed_at(due - timedelta(days=days))[code].standing for days in (14, 6, 5, 1)}
    assert standing == {14: Standing.AHEAD, 6: Standing.AHEAD, 5: Standing.DUE, 1: Standing.DUE}
    second = timedelta(seconds=1)
    assert owed_at(due - second)[code].standing is Standing.DUE
    assert owed_at(due)[code].standing is Standing.LATE
    assert owed_at(due, {code: due - second})[code].standing is Standing.DONE
    assert owed_at(due, {code: due})[code].standing is Standing.DONE_LATE
    late = owed_at(due).values()
    assert [each.report.code for each in to_remind(late, set())] == [code]
    assert to_remind(late, {(code, "late")}) == []


def test_the_province_owes_the_sheet_and_a_post_office_below_another_owes_nothing():
    below = an_organisation("BC-5301", parent="BC-53")
    found = owed_at(start_of(date(2027, 1, 12)), organisations=(PROVINCE, OFFICE, below))
    kinds = {
        (each.report.kind, each.report.organisation, each.report.period.cadence) for each in found.values()
    }
    assert (Kind.INDEX, "H57", Cadence.MONTH) in kinds
    assert (Kind.PROVINCE, "H57", Cadence.YEAR) in kinds
    assert {organisation for kind, organisation, _ in kinds if kind is Kind.POST} == {"BC-53"}
    assert found["BAOCAO-BUUCHINH-2026Q4-BC-53"].standing is Standing.LATE


def test_an_organisation_owes_nothing_for_the_time_before_it_was_there():
    young = an_organisation("H57.09", kind=Party.AUTHORITY, valid_from=date(2026, 12, 5))
    assert owed_at(start_of(date(2026, 12, 16)), organisations=(young,)) == {}


def actor(organisation, *roles, everything=False):
    return Actor(
        kind="key",
        id="k",
        organisation=organisation,
        roles=frozenset(roles),
        sees=frozenset({organisation}),
        reads_everything=everything,
    )


def test_who_answers_for_an_organisation_reads_its_reports_and_its_head_publishes_them():
    unit, post = Report(Kind.UNIT, NOV, "H57.01"), Report(Kind.POST, NOV, "BC-53")
    head, supervisor = actor("H57.01", Role.AGENCY_HEAD), actor("BC-53", Role.SUPERVISOR)
    control = actor("H57", Role.CONTROL, everything=True)
    regulator = actor("SO", Role.REGULATOR, everything=True)
    assert [may_publish(one, unit) for one in (head, supervisor, control, regulator)] == [
        True,
        False,
        True,
        False,
    ]
    assert [may_publish(one, post) for one in (head, supervisor, control, regulator)] == [
        False,
        True,
        True,
        False,
    ]
    assert [may_read(one, unit) for one in (head, supervisor, control, regulator)] == [
        True,
        False,
        True,
        True,
    ]
    assert not may_read(actor("H57.01", Role.DESK), unit)
    assert fits(Kind.POST, OFFICE)
    assert not fits(Kind.UNIT, OFFICE)
    assert not fits(Kind.POST, AUTHORITY)


def test_every_figure_has_its_formula_and_its_measures():
    for meaning in DEFINITIONS.values():
        assert all(meaning.name)
        assert all(meaning.formula)
        assert {meaning.n, meaning.d} - {None} <= MEASURES.keys()
    members = [key for _, keys in GROUPS.values() for key in keys]
    assert set(members) <= DEFINITIONS.keys()
    assert len(members) == len(set(members))
    assert set(SORTS) >= {"all", "authority", "commune", "office"}
    assert all(all(words) for words in TABLES.values())


def test_edge_case_17_zero_denominators_are_not_applicable_and_never_zero():
    for key in ("2.1", "3.3", "3.6", "4.1", "4.2", "5.2", "5.4", "safety"):
        found = figure(DEFINITIONS[key], {})
        assert (found.value, found.why) == (None, "nothing_counted")
        assert text_of(found) == "N/A"
        assert "mẫu số bằng 0" in basis_text(found)


def test_figures_are_written_as_people_write_them():
    rate = figure(DEFINITIONS["2.1"], {"on_time": 3, "judged": 4})
    assert (text_of(rate), text_of(rate, english=True)) == ("75,00 %", "75.00 %")
    assert basis_text(rate).startswith("3/4; từ 30,06 đến 95,44 %")
    money = figure(DEFINITIONS["revenue"], {"revenue": 1_234_567})
    assert text_of(money) == "1.234.567 đồng"
    assert text_of(None) == "N/A"


def a_report(**counts):
    line = Line(by="all", group="", label="Toàn bộ", figures=(figure(DEFINITIONS["2.1"], counts),))
    return Content(
        report="BAOCAO-766-2026M11-H57",
        organisation="H57",
        name="Tỉnh",
        begin=NOV.first_day,
        end=NOV.end_day,
        query_version="766/1",
        as_of=datetime(2026, 12, 3, tzinfo=UTC),
        provisional=False,
        tables=(Table(key="indicators", figures=("2.1",), lines=(line,)),),
    )


def test_what_differs_from_the_published_report_is_named_with_both_figures():
    published, now = a_report(on_time=3, judged=3), a_report(on_time=3, judged=4)
    assert differences(published, published) == []
    (only,) = differences(published, now)
    assert (only.table, only.key, only.published.value, only.now.value) == (
        "indicators",
        "2.1",
        "100.00",
        "75.00",
    )
    assert digest_of(written(published)) == digest_of(written(a_report(judged=3, on_time=3)))
    assert digest_of(written(published)) != digest_of(written(now))


def test_every_figure_is_a_row_for_programs():
    (row,) = long_rows(a_report(on_time=3, judged=4))
    assert row[:5] == ("indicators", "all", "", "Toàn bộ", "2.1")
    assert row[6:9] == (Decimal("75.00"), 3, 4)
    assert Figure(key="2.1") == Figure(key="2.1")
