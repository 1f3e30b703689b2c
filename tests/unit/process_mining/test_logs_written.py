"""What is written for process-mining tools: well-formed whatever the ledger holds, and nobody in it recognisable."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from integrations.process_mining.rules import (
    FOOT,
    Assigned,
    JsonLog,
    Step,
    Veil,
    XmlLog,
    head,
    role_at,
)
from integrations.process_mining.rules.ocel import of_step
from tests.factories.xes import Case, trace

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
CASE = Case(
    code="H57.01-261123-0001",
    procedure="1.001",
    authority="H57.01",
    desk="MC-HUE",
    office=None,
    service_mode="both",
    registered_at=AT,
)
STEP = Step(
    case=CASE.code,
    id=UUID("019a0000-0000-7000-8000-000000000001"),
    at=AT,
    kind="receive",
    code=CASE.code,
    type="dossier",
    organisation="MC-HUE",
    person="nv-1",
    step=None,
    place=None,
    manifest=None,
    container="DH000000005VN",
    counterparty="BC-530000",
    condition="intact",
    reason=None,
)
PEOPLE = {"nv-1": [Assigned("desk", "MC-HUE", AT - timedelta(days=1), AT + timedelta(days=1))]}
ANY_TEXT = st.text(max_size=12)


def attributes(element):
    return {child.get("key"): child.get("value") for child in element if child.get("key")}


@given(step=ANY_TEXT, code=ANY_TEXT, reason=ANY_TEXT, organisation=ANY_TEXT)
def test_any_text_of_the_ledger_gives_well_formed_xml_that_says_the_same(step, code, reason, organisation):
    odd = replace(STEP, step=step, code=code, reason=reason, organisation=organisation)
    log = ET.fromstring(head("a < b & c") + trace(CASE, [odd], PEOPLE, Veil(b"k")) + FOOT)
    told = attributes(log.find("trace/event"))
    for key, text in (("concept:name", step or "receive"), ("object", code), ("reason", reason)):
        read = told.get(key, "")
        assert len(read) == len(text)
        assert all(got in (wanted, "\ufffd") for got, wanted in zip(read, text, strict=True))
        if text.isprintable():
            assert read == text


@given(step=ANY_TEXT, reason=ANY_TEXT)
def test_any_text_of_the_ledger_gives_json_and_xml_of_ocel(step, reason):
    event = of_step(
        replace(STEP, step=step, reason=reason), [], {}, frozenset({"MC-HUE"}), PEOPLE, Veil(b"k")
    )
    as_json, as_xml = JsonLog(), XmlLog()
    text = as_json.begin(["receive"]) + as_json.between() + as_json.event(event) + as_json.end()
    [told] = json.loads(text)["events"]
    named = {one["name"]: one["value"] for one in told["attributes"]}
    assert named.get("receive.step", "") == step
    assert named.get("receive.reason", "") == reason
    ET.fromstring(as_xml.begin(["receive"]) + as_xml.between() + as_xml.event(event) + as_xml.end())


def test_a_person_is_one_name_in_a_file_and_another_in_the_next():
    def names(key):
        log = ET.fromstring(head("") + trace(CASE, [STEP, STEP], PEOPLE, Veil(key)) + FOOT)
        return [attributes(event).get("org:resource") for event in log.iter("event")]

    first, second = names(b"one"), names(b"two")
    assert first[0] == first[1] != second[0]
    assert "nv-1" not in "".join((*first, *second))
    assert names(None) == [None, None]


@pytest.mark.parametrize(
    ("at", "organisation", "roles"),
    [
        (AT, "MC-HUE", ("desk",)),
        (AT + timedelta(days=1), "MC-HUE", ()),
        (AT - timedelta(days=2), "MC-HUE", ()),
        (AT, "BC-530000", ()),
    ],
)
def test_a_role_is_that_of_the_place_and_the_time(at, organisation, roles):
    assert role_at(PEOPLE["nv-1"], organisation, at) == roles


def test_relations_lead_only_to_what_stands_in_the_log():
    known = {"DH000000005VN": "item"}
    event = of_step(
        STEP,
        [("container", "DH000000005VN"), ("manifest", "BK-X")],
        known,
        frozenset({"MC-HUE"}),
        PEOPLE,
        Veil(b""),
    )
    assert event.relations == [
        (f"dossier:{CASE.code}", "subject"),
        ("item:DH000000005VN", "container"),
        ("organisation:MC-HUE", "by"),
        (f"role:desk@MC-HUE:{Veil(b'').name('nv-1')}", "role"),
    ]
