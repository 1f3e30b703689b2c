"""What stands on documents, without setting them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from manifests.documents.rules import Form, Verdict, handovers_of, in_force, verdict_of
from manifests.documents.rules.facts import owner_of
from manifests.documents.rules.piece_sheets import LABEL_WIDTH, places_on_label
from manifests.documents.rules.words import day, moment, money
from postal.errors import NotFound, Unprocessable
from postal.identity.rules import Actor, Role
from postal.printing.barcodes import CODE_128_QUIET
from shipments.custody.rules import Step
from tests.factories.sheets import AT, papers_of, template


def step(minute, kind, *claims, **more):
    return Step(
        row=UUID(int=minute),
        kind=kind,
        at=AT + timedelta(minutes=minute),
        organisation=None,
        claims=claims,
        **more,
    )


def test_each_change_of_holder_is_one_row():
    steps = [
        step(0, "accept", "BC"),
        step(5, "pack", "BC", container="DH1"),
        step(8, "offer", "BC", via="DH1"),
        step(9, "receive", "HUB", via="DH1"),
        step(20, "receive", "HUB", via="DH1"),
        step(30, "receive", "HUB", "MC", via="DH1"),
        step(31, "correct", "MC"),
        step(40, "unpack", "MC"),
    ]
    rows = handovers_of("D", "CITIZEN", steps)
    assert [(row.givers, row.receivers) for row in rows] == [
        (("CITIZEN",), ("BC",)),
        (("BC",), ("HUB",)),
        (("HUB",), ("HUB", "MC")),
        (("HUB", "MC"), ("MC",)),
    ]
    assert [row.offered_at for row in rows] == [None, AT + timedelta(minutes=8), None, None]
    assert [row.container for row in rows] == [None, "DH1", "DH1", None]
    assert handovers_of("D", None, []) == []


@pytest.mark.parametrize(
    ("at", "due", "verdict"),
    [
        ("2026-11-22T20:00+07:00", "2026-11-23T17:00+07:00", Verdict.EARLY),
        ("2026-11-23T00:00+07:00", "2026-11-23T17:00+07:00", Verdict.ON_TIME),
        ("2026-11-23T17:00+07:00", "2026-11-23T17:00+07:00", Verdict.ON_TIME),
        ("2026-11-23T17:01+07:00", "2026-11-23T17:00+07:00", Verdict.LATE),
        ("2026-11-23T17:30+00:00", "2026-11-23T17:00+07:00", Verdict.LATE),
    ],
)
def test_a_handover_is_judged_by_the_local_day(at, due, verdict):
    assert verdict_of(datetime.fromisoformat(at), datetime.fromisoformat(due)) is verdict


def test_without_an_appointed_day_nothing_is_judged():
    assert verdict_of(AT, None) is None


def test_a_form_holds_from_its_day_until_the_next_ones():
    old = replace(template(Form.CONTROL_SHEET), valid_from=date(2019, 1, 6), citation="TT 01/2018")
    new = replace(old, valid_from=date(2025, 9, 15), citation="TT 03/2025")
    other = replace(new, form=Form.LABEL, valid_from=date(2026, 1, 1))
    versions = [new, other, old]
    assert in_force(versions, Form.CONTROL_SHEET, date(2025, 9, 14)) is old
    assert in_force(versions, Form.CONTROL_SHEET, date(2025, 9, 15)) is new
    assert in_force(versions, Form.CONTROL_SHEET, date(2030, 1, 1)) is new
    with pytest.raises(NotFound) as caught:
        in_force(versions, Form.CONTROL_SHEET, date(2019, 1, 5))
    assert caught.value.code == "print.no_form"


def test_labels_keep_to_the_widths_of_s10():
    bars, square = places_on_label("DH123456785VN")
    assert 0.33 <= bars.module / 8 <= 0.51
    assert bars.height / 8 >= 12.5
    assert bars.width / bars.module >= 156 + 2 * CODE_128_QUIET
    assert bars.x >= 0
    assert bars.x + bars.width <= LABEL_WIDTH
    assert square.x + square.width <= LABEL_WIDTH
    assert bars.height >= 0.15 * bars.width
    assert places_on_label("TUI-20261123-123456785")[0].module == 3
    with pytest.raises(Unprocessable) as caught:
        places_on_label("TUI-" + "ABCDE." * 8)
    assert caught.value.code == "print.code_too_long"


def actor(organisation, *roles):
    return Actor(
        kind="key", id="k", organisation=organisation, roles=frozenset(roles), sees=frozenset({organisation})
    )


def test_a_name_is_printed_for_those_who_need_it():
    papers = papers_of(1, "Trần Văn Khuê")
    assert owner_of(papers, actor("MC-HUE", Role.DESK)) == "Trần Văn Khuê"
    assert owner_of(papers, actor("BC-1", Role.COURIER)) == "Trần Văn Khuê"
    assert owner_of(papers, actor("HUB-1", Role.SORTER)) is None
    erased = replace(papers, person=None, erased=True)
    assert owner_of(erased, actor("MC-HUE", Role.DESK)) == "đã xoá"
    assert owner_of(erased, actor("HUB-1", Role.SORTER)) is None


def test_days_and_sums_are_written_as_papers_write_them():
    late = datetime(2026, 3, 1, 17, 5, tzinfo=UTC)
    assert moment(late) == "00 giờ 05 phút, ngày 02 tháng 03 năm 2026"
    assert day(late) == "ngày 02 tháng 03 năm 2026"
    assert money(1_234_500) == "1.234.500 đồng"
    assert money(0) == "0 đồng"


def test_every_document_is_described_as_the_file_that_it_is():
    from postal.app import create_app
    from postal.config import Settings
    from postal.web.openapi import complete

    app = create_app(Settings())
    paths = complete(app, app.openapi_schema.to_schema())["paths"]
    described = {
        path.rsplit(".", 1)[1]: operations["get"]["responses"]["200"]["content"]
        for path, operations in paths.items()
        if path.endswith((".pdf", ".zpl"))
    }
    assert sum(path.endswith((".pdf", ".zpl")) for path in paths) == 11
    for suffix, content in described.items():
        assert content == {f"application/{suffix}": {"schema": {"type": "string", "format": "binary"}}}
