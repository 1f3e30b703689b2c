"""Capturing events of others, and answering queries for events."""

from integrations.epcis.service.addresses import configure
from integrations.epcis.service.capturing import (
    LARGEST_FILE,
    MOST_EVENTS,
    capture_document,
    capture_event,
    get_capture,
    list_captures,
)
from integrations.epcis.service.querying import Answer, answer
from integrations.epcis.service.stepping import TOPIC, go_on

__all__ = [
    "LARGEST_FILE",
    "MOST_EVENTS",
    "TOPIC",
    "Answer",
    "answer",
    "capture_document",
    "capture_event",
    "configure",
    "get_capture",
    "go_on",
    "list_captures",
]
