"""The document as a generator of clients reads it: every operation and schema comes through, without a warning."""

import json

from openapi_python_client.parser import GeneratorData

from postal.web.naming import names_of
from tests.client.making import configured, operations, readable
from tests.factories.samples import DOCUMENT


def test_a_generator_reads_every_operation_and_schema_without_a_warning(tmp_path):
    described = readable(json.loads(json.dumps(DOCUMENT, default=str)))
    named = set(described["components"]["schemas"])
    read = GeneratorData.from_dict(
        described, config=configured(described, tmp_path / "openapi.json", tmp_path)
    )
    assert isinstance(read, GeneratorData), read
    warned = [
        *read.errors,
        *(each for one in read.endpoint_collections_by_tag.values() for each in one.parse_errors),
    ]
    assert [f"{each.header}: {each.detail}" for each in warned] == []
    made = {each.name for one in read.endpoint_collections_by_tag.values() for each in one.endpoints}
    stated = {each["operationId"] for each in operations(described)}
    assert {each.replace("_", "") for each in made} == {each.lower() for each in stated}
    assert len(stated) > 200
    classes = {str(each.class_info.name) for each in (*read.models, *read.enums)}
    assert named - classes == set()


def test_a_name_that_two_nouns_use_carries_the_noun_and_others_stay_short():
    enum = {"title": "State", "enum": ["b", "a"]}
    given = {
        "manifests.manifests.rules.State": enum,
        "manifests_manifests_rules_State": {**enum, "enum": ["a", "b"], "type": "string"},
        "postal.case_logs.rules.State": {"title": "State", "enum": ["c"]},
        "shipments.fees.rules.Paid": {"title": "Paid"},
        "Page_Paid_": {"title": "Page[Paid]"},
        "Untitled": {"enum": [1]},
    }
    assert names_of(given) == {
        "manifests.manifests.rules.State": "ManifestsState",
        "manifests_manifests_rules_State": "ManifestsState",
        "postal.case_logs.rules.State": "CaseLogsState",
        "shipments.fees.rules.Paid": "Paid",
        "Page_Paid_": "PaidPage",
        "Untitled": "Untitled",
    }
