"""What GS1's schema refuses is refused, and so is what it lets through though the standard does not."""

import msgspec
import pytest

from integrations.epcis.rules.checking import check_event
from integrations.epcis.rules.documents import Document, check_head, read_event
from integrations.epcis.rules.querying import read_query
from integrations.epcis.rules.wrong import Wrongs
from postal.http.requests import decode
from tests.factories.epcis import NAMES, an_event, document, schema

ITEM = NAMES.thing("DH123456785VN")
PO = {"type": "po", "bizTransaction": "https://example.com/po/1"}
PARTY = {"type": "possessing_party", "source": NAMES.party("BC-1")}
PACKING = {
    "type": "AggregationEvent",
    "epcList": None,
    "action": "ADD",
    "bizStep": "packing",
    "parentID": ITEM,
}
CHILD = {"childEPCs": [NAMES.thing("DH000000015VN")]}
DECLARED = {"declarationTime": "2026-11-23T10:00:00Z"}

WRONG = [
    ({"type": "ObjectEvents"}, "type", "/type"),
    ({"type": None}, "type", "/type"),
    ({"eventTime": None}, "time", "/eventTime"),
    ({"eventTime": "2026-11-23T08:30:00"}, "time", "/eventTime"),
    ({"eventTime": "2026-11-23T24:00:00+07:00"}, "time", "/eventTime"),
    ({"eventTime": "2026-02-30T08:30:00+07:00"}, "time", "/eventTime"),
    ({"eventTime": "2026-11-23 08:30:00+07:00"}, "time", "/eventTime"),
    ({"eventTime": "2026-11-23T08:30:60+07:00"}, "time", "/eventTime"),
    ({"eventTime": "23/11/2026"}, "time", "/eventTime"),
    ({"eventTime": 1764000000}, "time", "/eventTime"),
    ({"eventTime": "0001-01-01T00:00:00+14:00"}, "time", "/eventTime"),
    ({"eventTimeZoneOffset": None}, "offset", "/eventTimeZoneOffset"),
    ({"eventTimeZoneOffset": "+7"}, "offset", "/eventTimeZoneOffset"),
    ({"eventTimeZoneOffset": "+08:00"}, "offset", "/eventTimeZoneOffset"),
    ({"eventTimeZoneOffset": "Z"}, "offset", "/eventTimeZoneOffset"),
    ({"epcList": []}, "empty", "/epcList"),
    ({"epcList": None}, "empty", ""),
    ({"epcList": None, "quantityList": []}, "empty", "/quantityList"),
    ({"epcList": [ITEM, ITEM]}, "twice", "/epcList/1"),
    ({"epcList": ["DH123456785VN"]}, "address", "/epcList/0"),
    ({"epcList": ITEM}, "form", "/epcList"),
    ({"quantityList": [{"epcClass": "urn:a:b", "quantity": 0}]}, "form", "/quantityList/0/quantity"),
    ({"quantityList": [{"epcClass": "urn:a:b", "quantity": 1, "uom": "kilo"}]}, "form", "/quantityList/0/uom"),
    ({"action": "OBSERVED"}, "action", "/action"),
    ({"action": None}, "action", "/action"),
    ({"bizStep": "recieving"}, "word", "/bizStep"),
    ({"bizStep": "https://ref.gs1.org/cbv/BizStep-recieving"}, "word", "/bizStep"),
    ({"bizStep": "urn:epcglobal:cbv:bizstep:recieving"}, "word", "/bizStep"),
    ({"bizStep": "urn:epcglobal:cbv:disp:active"}, "word", "/bizStep"),
    ({"bizStep": "commissioning"}, "action", "/action"),
    ({"bizStep": "decommissioning", "action": "ADD"}, "action", "/action"),
    ({"bizStep": "unpacking"}, "step", "/bizStep"),
    ({"bizStep": "packing", "action": "ADD"}, "step", "/bizStep"),
    ({"disposition": "receiving"}, "word", "/disposition"),
    ({"persistentDisposition": {}}, "empty", "/persistentDisposition"),
    ({"persistentDisposition": {"set": ["damaged"], "unset": ["damaged"]}}, "twice", "/persistentDisposition/1"),
    ({"readPoint": {"id": "kho 1"}}, "address", "/readPoint/id"),
    ({"readPoint": "https://example.com"}, "form", "/readPoint"),
    ({"bizLocation": {"id": "urn:a:b", "name": "x"}}, "term", "/bizLocation/name"),
    ({"bizTransactionList": []}, "empty", "/bizTransactionList"),
    ({"bizTransactionList": [PO, PO]}, "twice", "/bizTransactionList/1"),
    ({"bizTransactionList": [PO | {"type": "order"}]}, "word", "/bizTransactionList/0/type"),
    ({"sourceList": [{"source": "urn:a:b"}]}, "missing", "/sourceList/0/type"),
    ({"sourceList": [PARTY | {"type": "holder"}]}, "word", "/sourceList/0/type"),
    ({"ilmd": {"postal:a": 1}}, "action", "/ilmd"),
    ({"note": "x"}, "term", "/note"),
    ({"else:note": "x"}, "term", "/else:note"),
    ({"parentID": ITEM}, "term", "/parentID"),
    ({"eventID": "ni:///sha-256;" + "0" * 64 + "?ver=CBV2.0"}, "hash", "/eventID"),
    ({"eventID": "7"}, "address", "/eventID"),
    ({"errorDeclaration": {}}, "time", "/errorDeclaration/declarationTime"),
    ({"errorDeclaration": DECLARED | {"reason": "typo"}}, "word", "/errorDeclaration/reason"),
    ({"errorDeclaration": DECLARED | {"correctiveEventIDs": ["urn:a:1", "urn:a:1"]}}, "twice",
     "/errorDeclaration/correctiveEventIDs/1"),
    ({"errorDeclaration": DECLARED | {"why": "x"}}, "term", "/errorDeclaration/why"),
    ({"certificationInfo": "none"}, "address", "/certificationInfo/0"),
    ({"sensorElementList": []}, "empty", "/sensorElementList"),
    ({"sensorElementList": [{"sensorReport": [{"value": 1}]}]}, "missing", "/sensorElementList/0/sensorReport/0/type"),
    (PACKING, "empty", ""),
    (PACKING | CHILD | {"parentID": None}, "missing", "/parentID"),
    (PACKING | {"childEPCs": [ITEM]}, "twice", "/childEPCs/0"),
    (PACKING | CHILD | {"bizStep": "unpacking"}, "action", "/action"),
    (PACKING | CHILD | {"action": "DELETE"}, "action", "/action"),
    (PACKING | {"action": "DELETE", "bizStep": "unpacking", "parentID": None}, "missing", "/parentID"),
    ({"type": "TransactionEvent", "action": "ADD"}, "missing", "/bizTransactionList"),
    ({"type": "TransformationEvent", "epcList": None, "action": None, "inputEPCList": [ITEM]}, "empty", ""),
    ({"type": "TransformationEvent", "epcList": None, "inputEPCList": [ITEM], "outputEPCList": [ITEM]}, "action",
     "/action"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "code", "pointer"), WRONG)
def test_what_is_wrong_is_told_with_its_place(more, code, pointer):
    found = check_event(an_event(**more), NAMES.namespaces)
    assert (f"epcis.{code}", pointer) in {(each.code, each.pointer) for each in found}
    assert all(each.vi and each.en for each in found)


def test_our_reading_is_stricter_than_gs1s_schema():
    checked = schema()
    let_through = [more for more, _, _ in WRONG if checked.is_valid(document(an_event(**more)))]
    assert len(let_through) >= 20
    for good in (an_event(), an_event(**PACKING, **CHILD)):
        assert checked.is_valid(document(good))
        assert check_event(good, NAMES.namespaces) == []


@pytest.mark.parametrize("event", [None, [], 7, "x", {}, {"type": []}, {"type": {}}])
def test_what_is_no_event_is_none(event):
    assert check_event(event, {})


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"type": "EPCISQueryDocument"}, "document", "/type"),
        ({"type": None}, "document", "/type"),
        ({"@context": None}, "context", "/@context"),
        ({"@context": ["https://example.com/other.jsonld"]}, "context", "/@context"),
        ({"@context": [*NAMES.context, {"cbv": "https://example.com/"}]}, "context", "/@context/2/cbv"),
        ({"@context": [*NAMES.context, {"@vocab": "https://example.com/"}]}, "context", "/@context/2/@vocab"),
        ({"schemaVersion": "1.2"}, "version", "/schemaVersion"),
        ({"author": "A"}, "term", "/author"),
        ({"else:author": "A"}, "term", "/else:author"),
        ({"creationDate": "2026-11-23"}, "time", "/creationDate"),
        ({"epcisBody": {}}, "missing", "/epcisBody/eventList"),
        ({"epcisBody": {"eventList": []}}, "missing", "/epcisBody/eventList"),
        ({"epcisBody": {"eventList": [{}] * 4}}, "too_many", "/epcisBody/eventList"),
    ],
)
def test_heads_of_documents_are_checked(change, code, pointer):

    whole = document(an_event()) | change
    _, _, wrongs = check_head(decode(msgspec.json.encode(whole), Document), whole, 3)
    assert (f"epcis.{code}", pointer) in {(each.code, each.pointer) for each in wrongs}


@pytest.mark.parametrize(
    "raw", [b"[" * 5_000 + b"]" * 5_000, b'{"postal:a":' * 40 + b"1" + b"}" * 40, b"{", b"\xff"]
)
def test_an_event_that_is_too_deep_or_broken_is_refused(raw):
    assert read_event(raw, NAMES.namespaces, "")[2]


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        (("EQ_bizstep", "receiving"), "parameter_unknown"),
        (("WD_readPoint", "urn:a:b"), "parameter_unknown"),
        (("EQ_source_", "x"), "parameter_unknown"),
        (("limit", "1"), "parameter_unknown"),
        (("eventType", "Object"), "parameter"),
        (("EQ_action", "add"), "parameter"),
        (("GE_eventTime", "yesterday"), "time"),
        (("LT_recordTime", "2026-11-23T24:00:00+07:00"), "time"),
        (("perPage", "0"), "parameter"),
        (("perPage", "99999999999999999999"), "parameter"),
        (("perPage", "²"), "parameter"),
        (("orderBy", "eventID"), "parameter"),
        (("orderDirection", "down"), "parameter"),
        (("MATCH_epc", ""), "parameter"),
        (("MATCH_epc", "|"), "parameter"),
        (("MATCH_epc", "|".join(["urn:a:b"] * 101)), "parameter"),
    ],
)
def test_parameters_that_are_not_known_are_refused_by_name(pair, code):
    _, wrongs = read_query([pair])
    assert isinstance(wrongs, Wrongs)
    assert [(each.code, each.pointer) for each in wrongs] == [(f"epcis.{code}", f"/query/{pair[0]}")]
    assert (
        read_query([("eventType", "ObjectEvent"), ("eventType", "ObjectEvent")])[1][0].code
        == "epcis.parameter_twice"
    )


QUERIES = [
    ("eventType", "TransactionEvent|ObjectEvent"), ("EQ_action", "OBSERVE"), ("EQ_bizStep", "shipping|receiving"),
    ("EQ_bizStep", "https://ref.gs1.org/cbv/BizStep-receiving"), ("EQ_disposition", "in_progress"),
    ("GE_eventTime", "2026-11-23T08:30:00+07:00"), ("LT_eventTime", "2026-11-23T08:30:00.001+07:00"),
    ("GE_recordTime", "2026-11-23T01:00:00Z"), ("MATCH_epc", ITEM), ("MATCH_anyEPC", f"urn:a:b|{ITEM}"),
    ("EQ_readPoint", "https://id.gs1.org/414/0614141123452"), ("EQ_bizTransaction_po", "https://example.com/po/1"),
    ("EQ_source_possessing_party", NAMES.party("BC-1")), ("EXISTS_errorDeclaration", "true"),
    ("EQ_errorReason", "did_not_occur"), ("EQ_correctiveEventID", "urn:a:1"),
    ("GE_errorDeclarationTime", "2026-11-23T10:00:00Z"),
]  # fmt: skip


def test_a_query_finds_what_it_asks_for_and_nothing_else():
    event = an_event(
        recordTime="2026-11-23T08:31:00+07:00",
        readPoint={"id": "urn:epc:id:sgln:0614141.12345.0"},
        bizTransactionList=[PO],
        sourceList=[PARTY],
        errorDeclaration=DECLARED | {"reason": "did_not_occur", "correctiveEventIDs": ["urn:a:1"]},
    )
    other = an_event(
        type="AggregationEvent", epcList=None, parentID="urn:x:y", childEPCs=["urn:x:z"], action="ADD",
        bizStep="packing", disposition=None, eventTime="2026-11-22T08:30:00+07:00",
        recordTime="2026-11-22T08:30:00+07:00",
    )  # fmt: skip
    for pair in QUERIES:
        query, wrongs = read_query([pair])
        assert not wrongs
        assert query.matches(event), pair
        assert not query.matches(other) or pair[0] == "LT_eventTime", pair
    assert read_query([("MATCH_parentID", "urn:x:y")])[0].matches(other)
