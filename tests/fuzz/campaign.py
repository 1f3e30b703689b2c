"""One run of schemathesis as one caller: its settings, what it may not do, and what it found."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from msgspec import Struct, field
from schemathesis import hooks
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from integrations.feed.api import LONGEST_WAIT_S
from tests.fuzz.conftest import Target

THINGS = {
    "/api/v1/dossiers": "dossier",
    "/api/v1/items": "item",
    "/api/v1/pieces": "item",
    "/api/v1/manifests": "draft",
    "/api/v1/people": "person",
    "/api/v1/devices": "device",
    "/api/v1/keys": "key",
    "/api/v1/organisations": "organisation",
    "/api/v1/track": "dossier",
}
"""What the code in a path below here names, so that half of all requests find something."""

VICTIMS = {
    "revokeKey": ("prefix", "key"),
    "revokeDevice": ("code", "spare device"),
    "closeOrganisation": ("code", "spare organisation"),
}
"""What these may end: a fuzzer that takes away its own key, device or organisation learns nothing more."""

WELL_FORMED_AND_REFUSED = {
    "request.cursor": "a cursor is opaque: no schema can tell which we made",
    "manifest.future": "no schema knows what time it is",
    "manifest.piece_code": "the forms of codes are several, and some have a check digit",
    "file.too_large": "how large a file may be depends on its kind",
    "file.type": "what bytes are, their first ones say",
    "file.empty": "that there are any, the form of bytes does not say",
    "epcis.document": "what a document of EPCIS is, GS1's own schema says, which is not repeated in ours",
    "epcis.context": "likewise",
    "epcis.time": "no schema says which years are meant, or that a minute has sixty seconds",
    "epcis.parameter": "several values stand in one text, and none of them is empty",
    "inbox.message_id": "no schema says that one of three headers has to be there",
    "inbox.not_json": "bytes of a medium that is JSON are no schema's matter",
    "request.nul": "JSON Schema has no word for text without U+0000",
}
"""Problem codes with which a request that fits the schema may be refused as malformed."""

REFUSING = ("400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429", "5xx")
"""What the check takes for a refusal of what does not fit the schema."""

A_FRACTION = r"Expected `([a-z]+ \| )*int( \| [a-z]+)*`, got `float`"
"""JSON Schema takes 5.0 for a whole number, msgspec does not."""


class Found(Struct):
    """What was sent, by status and by operation, and what no check may say."""

    statuses: Counter[int] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    wrong: dict[tuple[str, str, str], str] = {}


def run(target: Target, caller: str, *, seed: int, examples: int, phases: set[str]) -> Found:
    """Send everything that these phases think of as one caller, and judge every answer by every check."""
    config = SchemathesisConfig.from_dict(_settings(target, caller, seed, examples, phases))
    schema = schemathesis.openapi.from_url(f"{target.url}/schema/openapi.json", config=config)
    found = Found()
    with _rules_of_the_game(target), warnings.catch_warnings():
        # Lists of fifty texts are long when they are told.
        warnings.filterwarnings("ignore", "Generating overly large repr")
        for event in from_schema(schema).execute():
            _note(event, found)
    return found


def _settings(target: Target, caller: str, seed: int, examples: int, phases: set[str]) -> dict[str, Any]:
    return {
        "seed": seed,
        "base-url": target.url,
        "headers": target.callers[caller],
        "request-timeout": 15 + LONGEST_WAIT_S,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        "checks": {
            "enabled": True,
            # 422 is for what is well formed and refused by a rule, which no schema can tell.
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]
            },
            # A text that is too long may be a body that is too long: that is found first, and says so.
            "negative_data_rejection": {"expected-statuses": [*REFUSING, "413"]},
        },
        "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
        "phases": {
            name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")
        },
        "dictionaries": {name: {"values": [code]} for name, code in target.codes.items()},
        "operations": [
            {
                "include-path-regex": f"^{prefix}/",
                "parameters": {"path.code": {"dictionary": thing, "probability": 0.5}},
            }
            for prefix, thing in THINGS.items()
        ],
    }


@contextmanager
def _rules_of_the_game(target: Target) -> Iterator[None]:
    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        operation = case.operation.definition.raw.get("operationId")
        if operation in VICTIMS:
            parameter, victim = VICTIMS[operation]
            case.path_parameters[parameter] = target.codes[victim]

    @schemathesis.hook
    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        return not _is_meant(type(failure).__name__, case, response)

    try:
        yield
    finally:
        hooks.unregister(before_call)
        hooks.unregister(filter_failure)


def _is_meant(failure: str, case: Any, response: Any) -> bool:
    """Say whether a failed check is the API's own rule; each is one that a schema cannot state."""
    if failure == "RejectedPositiveData":
        problem = response.json()
        return problem["code"] in WELL_FORMED_AND_REFUSED or bool(re.search(A_FRACTION, problem["detail"]))
    if failure == "AcceptedNegativeData" and case.operation.path == "/api/v1/scans":
        # A malformed scan is refused on its own, so that it blocks no other.
        return any(result["verdict"] == "refused" for result in response.json()["results"])
    return False


def _note(event: Any, found: Found) -> None:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError):
        found.wrong["error", event.label, type(event.value).__name__] = str(event.value)
    if not isinstance(event, events.ScenarioFinished):
        return
    recorder = event.recorder
    for case_id, interaction in recorder.interactions.items():
        found.statuses[interaction.response.status_code if interaction.response else 0] += 1
        if case_id in recorder.cases:
            found.operations[recorder.cases[case_id].value.operation.label] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.status is Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info.failure
                label = recorder.cases[case_id].value.operation.label
                text = f"{failure.message}\n{check.failure_info.code_sample}\n{_told(recorder, case_id)}"
                found.wrong.setdefault((check.name, label, failure.title), text)


def _told(recorder: Any, case_id: str) -> str:
    answer = recorder.interactions[case_id].response
    return "" if answer is None else f"{answer.status_code} {answer.content[:600].decode('utf-8', 'replace')}"
