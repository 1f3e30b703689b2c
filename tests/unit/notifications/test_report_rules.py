"""What is said of a notice later: any order gives one state, and mail that came back is read whatever sent it."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.notifications.rules import (
    AGES,
    OLDEST,
    Reported,
    after_report,
    bounces_of,
    bundles_now,
    is_stale,
    reason_of,
)

NOTICE = UUID("01a205eb-a8e0-717d-8a06-fbcd8ab34372")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OPEN = ("waiting", "sending", "sent", "delivered", "failed", "expired")


@given(st.sampled_from(OPEN), st.lists(st.sampled_from(Reported), max_size=5))
def test_the_order_of_reports_changes_nothing(start, reports):
    ends = set()
    for order in permutations(reports):
        state = start
        for each in order:
            state = after_report(state, each)
        ends.add(state)
    assert len(ends) == 1
    if Reported.DELIVERED in reports:
        assert ends == {"delivered"}
    elif reports and start != "delivered":
        assert ends == {"failed"}


def test_what_was_withdrawn_does_not_fail_any_more():
    assert after_report("withdrawn", Reported.FAILED) == "withdrawn"


@given(st.text(max_size=60))
def test_a_reason_is_a_code_and_holds_no_address_and_no_number(said):
    reason = reason_of(said)
    assert reason is None or (
        reason.isascii() and " " not in reason and "@" not in reason and len(reason) <= 64
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("BLOCKED by user", "blocked"), ("0912345678", "other"), ("+84 912 345 678", "other"),
        ("a@b.vn", "other"), ("91.23.45.67.8", "other"), ("5.1.1", "5.1.1"), ("", None), (None, None),
    ],
)  # fmt: skip
def test_reasons_as_gateways_write_them(said, kept):
    assert reason_of(said) == kept


def came_back(status, original="text/rfc822-headers", headers=f"Message-ID: <{NOTICE}@example.vn>"):
    return (
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nnot delivered\n--b\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--b\nContent-Type: {original}\n\nFrom: a@example.vn\n{headers}\n\nx\n--b--\n"
    ).encode()


MTA = "Reporting-MTA: dns; mx\n\n"


@pytest.mark.parametrize("original", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        ("Final-Recipient: rfc822; a@b.vn\nAction: failed\nStatus: 5.1.1\n", Reported.FAILED, "bounce_5.1.1"),
        (
            "Final-Recipient: rfc822; a@b.vn\nACTION:  Failed \nstatus: 5.7.1 (x)\n",
            Reported.FAILED,
            "bounce_5.7.1",
        ),
        (
            "Final-Recipient: rfc822; a@b.vn\nAction: delivered\nStatus: 2.0.0\n",
            Reported.DELIVERED,
            "bounce_2.0.0",
        ),
        ("Final-Recipient: rfc822; a@b.vn\nAction: delayed\nStatus: 4.2.2\n", None, "bounce_4.2.2"),
        ("Final-Recipient: rfc822; a@b.vn\nAction: relayed\n", None, "bounce_relayed"),
    ],
)
def test_mail_that_came_back_says_what_became_of_it(original, fields, state, reason):
    (found,) = bounces_of(came_back(MTA + fields, original))
    assert (found.notice, found.state, found.reason) == (NOTICE, state, reason)


def test_what_is_none_of_ours_or_broken_says_nothing():
    whole = came_back(MTA + "Final-Recipient: rfc822; a@b.vn\nAction: failed\nStatus: 5.1.1\n")
    assert bounces_of(came_back(MTA + "Action: failed\n", headers="Message-ID: <other@example.vn>")) == []
    assert bounces_of(b"") == []
    assert bounces_of(b"\xff\xfe\x00garbage") == []
    for end in range(0, len(whole), 7):
        assert all(each.notice == NOTICE for each in bounces_of(whole[:end]))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_a_fault(raw):
    assert bounces_of(raw) == []


def test_news_gets_stale_by_its_kind():
    assert is_stale("out_for_delivery", NOW - timedelta(hours=7), NOW)
    assert not is_stale("out_for_delivery", NOW - timedelta(hours=5), NOW)
    assert not is_stale("result", NOW - timedelta(days=13), NOW)
    assert is_stale("result", NOW - timedelta(days=15), NOW)
    assert max(AGES.values()) < OLDEST


def test_a_daily_message_goes_once_a_day_after_seven():
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    at = [datetime(2026, 11, 23, hour, 0, tzinfo=zone) for hour in (6, 7, 23)]
    assert [bundles_now("daily", None, each) for each in at] == [False, True, True]
    assert not bundles_now("daily", at[1], at[2])
    assert bundles_now("daily", at[1], at[2] + timedelta(hours=9))
    assert bundles_now("at_once", at[1], at[0])
