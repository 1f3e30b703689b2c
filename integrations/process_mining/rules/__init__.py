"""What process-mining tools are given: steps of whole cases, written as XES or OCEL 2.0. Pure."""

from integrations.process_mining.rules.model import (
    Assigned,
    Form,
    Step,
    Thing,
    Veil,
    relations_of,
    role_at,
)
from integrations.process_mining.rules.ocel import JsonLog, OcelEvent, OcelObject, Survey, XmlLog
from integrations.process_mining.rules.xes import FOOT, head

__all__ = [
    "FOOT",
    "Assigned",
    "Form",
    "JsonLog",
    "OcelEvent",
    "OcelObject",
    "Step",
    "Survey",
    "Thing",
    "Veil",
    "XmlLog",
    "head",
    "relations_of",
    "role_at",
]
