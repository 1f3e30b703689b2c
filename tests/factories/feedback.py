"""Records of feedback for tests."""

from datetime import date, datetime, timedelta
from typing import Any

from postal.law.rules import Constant, Constants, Status
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored
from shipments.feedback.rules import RECEIVED

CODE = "PA-261123-ABCDEF"


def a_record(kind: str, at: datetime, by: str | None = "BC-1", **body: Any) -> Row:
    """Make a record of one case."""
    return authored(
        stream=Stream.RECORD,
        kind=kind,
        code=CODE,
        occurred_at=at,
        now=at,
        actor_organisation=by,
        body=body,
    )


def begun(at: datetime, category: str = "delay", by: str | None = None, **body: Any) -> Row:
    """Make the first record, with limits two, five and fifteen days later."""
    dues = {"refuse_due": 2, "supplement_due": 5, "resolve_due": 15}
    values = {name: canonical_instant(at + timedelta(days=days)) for name, days in dues.items()}
    return a_record(RECEIVED, at, by, channel="online", category=category, said="0" * 64, **values | body)


def constants(*, wait_counts: bool = False) -> Constants:
    """Give the limits of feedback as they are in force."""
    values = {
        "feedback.refuse_days": 2,
        "feedback.supplement_days": 5,
        "feedback.resolve_days": 15,
        "feedback.publish_days": 2,
        "feedback.wait_counts": wait_counts,
    }
    since = date(2022, 6, 23)
    return Constants(
        {
            name: Constant(
                name=name, value=value, valid_from=since, valid_to=None, citation="test", status=Status.TEST
            )
            for name, value in values.items()
        }
    )
