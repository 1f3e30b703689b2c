"""What follows a request, by when, and what the law still keeps."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from postal.errors import Conflict, Unprocessable
from postal.law.rules import Constant, Constants, Status
from shipments.privacy.rules import (
    DONE,
    REFUSED,
    VERIFIED,
    Kind,
    State,
    dues_of,
    fold_request,
    refuse_kept,
    refuse_move,
    retention_of,
)
from tests.factories.calendars import administrative
from tests.factories.privacy import CODE, a_record, asked

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
VIETNAM = timezone(timedelta(hours=7))


def constants(**different):
    values = {
        "privacy.reply_days": 2,
        "privacy.access_days": 10,
        "privacy.erasure_days": 20,
        "privacy.working_days": True,
        "retention.electronic_years": 5,
    } | different
    since = date(2017, 8, 15)
    return Constants(
        {
            name: Constant(
                name=name, value=value, valid_from=since, valid_to=None, citation="test", status=Status.TEST
            )
            for name, value in values.items()
        }
    )


def local(due):
    return due.astimezone(VIETNAM).date()


def test_limits_are_working_days_or_days_as_configured():
    time = administrative()
    # The 24th of November is a day off.
    assert [local(due) for due in dues_of(time, AT, Kind.ACCESS, constants())] == [
        date(2026, 11, 26),
        date(2026, 12, 8),
    ]
    _, due = dues_of(time, AT, Kind.ACCESS, constants(**{"privacy.working_days": False}))
    assert local(due) == date(2026, 12, 3)


@pytest.mark.parametrize(
    ("accepted", "until"),
    [(date(2026, 11, 23), date(2031, 11, 23)), (date(2024, 2, 29), date(2029, 3, 1))],
)
def test_what_the_law_keeps_is_refused_until_the_day_it_ends(accepted, until):
    retention = retention_of(accepted, constants())
    assert retention.kept_until == until
    with pytest.raises(Unprocessable) as refused:
        refuse_kept(retention, until - timedelta(days=1), ["applicant"])
    assert refused.value.code == "privacy.kept_by_law"
    assert f"{until:%d/%m/%Y}" in refused.value.vi
    refuse_kept(retention, until, [])


def test_a_request_is_identified_before_it_is_done_and_ends_once():
    request = fold_request(CODE, [asked(AT)])
    with pytest.raises(Conflict, match="identify who asks"):
        refuse_move(request, DONE)
    seen = fold_request(CODE, [asked(AT), a_record(VERIFIED, AT + timedelta(days=3), identity="cccd")])
    assert (seen.state, seen.identity, seen.late) == (State.VERIFIED, "cccd", ("reply",))
    with pytest.raises(Conflict) as refused:
        refuse_move(seen, DONE, Kind.ACCESS)
    assert refused.value.code == "privacy.kind"
    rows = [
        asked(AT),
        a_record(VERIFIED, AT + timedelta(days=1), identity="cccd"),
        a_record(DONE, AT + timedelta(days=21), erased=["feedback"], kept=["applicant"]),
        a_record(REFUSED, AT + timedelta(days=22), reason="PRIVACY_WITHDRAWN"),
    ]
    ended = fold_request(CODE, rows)
    assert (ended.state, ended.late, ended.flags) == (State.PARTLY, ("due",), ("odd.refused",))
    with pytest.raises(Conflict, match="has ended"):
        refuse_move(ended, REFUSED)
