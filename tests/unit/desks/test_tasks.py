"""The order of what must be done, where a page goes on, and which forms a state allows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from manifests.desks.rules.acts import STATES, offers
from manifests.desks.rules.registering import FIELDS, lines_of, read
from manifests.desks.rules.tasks import TO_DO, Place, Task, next_of, starts_at, tasks_from
from postal.errors import BadInput
from postal.identity.rules import Role
from shipments.dossiers.rules import CaseKind, Dossier, ServiceMode, Status, allowed_from

AT = datetime(2026, 11, 23, tzinfo=UTC)
DOSSIER = Dossier(
    code="H57.01-20261123-0000001",
    procedure="9.000001",
    procedure_version=1,
    authority="H57.01",
    desk="MC-HUE",
    office=None,
    service_mode=ServiceMode.RETURN,
    registered_at=AT,
    registered_by="MC-HUE",
    status=Status.REGISTERED,
)


@given(st.sampled_from(TO_DO))
def test_a_page_goes_on_with_the_task_where_the_last_one_ended(task):
    place = Place(task, AT, "H1")
    left = tasks_from(None, place)
    assert left == TO_DO[TO_DO.index(task) :]
    assert [starts_at(each, place) for each in left] == [(AT, "H1"), *([None] * (len(left) - 1))]


@given(st.sampled_from(Task), st.sampled_from(Status))
def test_every_row_has_one_thing_to_do(task, status):
    found = next_of(task, status, "H1")
    assert found.address.startswith("/")
    assert found.vi
    assert found.en


@given(st.sampled_from(Status), st.sets(st.sampled_from(Role)), st.integers(0, 2))
def test_only_what_the_state_and_the_role_allow_is_offered(status, roles, supplements):
    allowed = allowed_from(status)
    found = offers(replace(DOSSIER, status=status, supplements=supplements), allowed, roles)
    acts = [offer.act for offer in found]
    assert set(acts) <= set(allowed)
    assert len(acts) == len(set(acts))
    assert sum(offer.primary for offer in found) <= 1
    assert not acts or roles & STATES
    if supplements and Role.AGENCY_HEAD not in roles:
        assert CaseKind.SUPPLEMENT_REQUESTED not in acts


def form(**different):
    return {
        "procedure": "9.000001",
        "service_mode": "return",
        "channel": "direct",
        "desk": "MC-HUE",
        "authority": "H57.01",
        "name": "Nguyễn Thị Hằng",
        "phone": "0912 345 678",
        "line-1": "1",
        "line-1-name": "Giấy chứng nhận",
        "line-1-form": "original",
        "line-1-copies": "2",
        "line-1-sheets": "3",
        "line-1-to_return": "1",
        "line-2-name": "không đánh dấu",
        **different,
    }


def test_a_form_is_read_with_the_papers_that_are_there():
    new = read(form(), lines_of(form(), 3))
    assert [(line.name, line.copies, line.sheets, line.to_return) for line in new.lines] == [
        ("Giấy chứng nhận", 2, 3, True)
    ]
    assert (new.applicant.name, new.applicant.address, new.code) == ("Nguyễn Thị Hằng", None, None)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("phone", "12"),
        ("name", ""),
        ("email", "an tại vn"),
        ("identity_number", "abc"),
        ("desk", "mc hue"),
        ("service_mode", "maybe"),
        ("channel", "x"),
        ("line-1-copies", "hai"),
        ("line-1-sheets", "0"),
        ("line-1-form", "x"),
        ("line-1-name", ""),
    ],
)
def test_a_wrong_field_is_named(field, wrong):
    typed = form(**{field: wrong})
    with pytest.raises(BadInput) as refused:
        read(typed, lines_of(typed, 3))
    assert refused.value.pointer == f"/{field}"
    assert field in FIELDS or field.startswith("line-")
