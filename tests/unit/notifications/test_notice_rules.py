"""When notices go, and what they say."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.notifications.rules import (
    MAX_ATTEMPTS,
    Channel,
    Kind,
    due_after,
    fact_of,
    next_try,
    refuse_address,
    text_of,
)
from integrations.notifications.service.carriers import Letter, message_of
from postal.errors import Unprocessable

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.integers(0, 23)
TOLD = [kind for kind in Kind if kind is not Kind.DESK]


@given(INSTANTS, HOURS, HOURS, st.sampled_from(Channel))
def test_nobody_is_woken_and_nothing_waits_a_whole_day(at, since, until, channel):
    due = due_after(at, channel, since, until)
    assert timedelta(0) <= due - at < timedelta(hours=24)
    if channel is Channel.WEBHOOK or since == until:
        assert due == at
        return
    hour = due.astimezone(ZONE).hour
    assert not (since <= hour < until if since < until else hour >= since or hour < until)
    assert due_after(due, channel, since, until) == due


@given(st.integers(1, 20), st.none() | st.integers(0, 10**9))
def test_tries_come_later_and_later_and_end(attempts, wait):
    again = next_try(NOW, attempts, wait)
    assert (again is None) == (attempts >= MAX_ATTEMPTS)
    if again is not None:
        assert timedelta(minutes=1) <= again - NOW <= timedelta(days=1)
        assert attempts == 1 or again >= next_try(NOW, attempts - 1)


def test_a_fact_has_one_name_however_often_it_is_read():
    due = {"due": "2026-12-01T10:00:00+00:00"}
    assert fact_of("r1", "received", NOW, due).key == fact_of("r2", "received", NOW, due).key
    assert fact_of("r1", "completed", NOW, {}).key == fact_of("r2", "completed", NOW, {}).key == "result"
    assert fact_of("r1", "attempt_failed", NOW, {}).key != fact_of("r2", "attempt_failed", NOW, {}).key
    assert fact_of("r1", "received", NOW, {}) is None
    assert fact_of("r1", "depart", NOW, {}) is None
    letter = fact_of("r1", "extended", NOW, {**due, "apology": "12/XL"})
    assert (letter.kind, letter.facts["letter"]) == (Kind.APOLOGY, "12/XL")


@pytest.mark.parametrize("kind", TOLD)
def test_every_notice_says_what_where_and_how_to_end_it(kind):
    facts = {"due": "2026-11-25T09:30:00+00:00", "next_visit": "2026-11-26", "letter": "12/XL"}
    vi, en = (
        text_of(kind, language, "D-1", facts, "https://x.vn/t/D-1", "https://x.vn/n/abc")
        for language in ("vi", "en")
    )
    for text in (vi, en):
        assert "https://x.vn/n/abc" in text.body
        assert "{" not in text.body
        assert "D-1" in text.subject
        assert len(text.subject) <= 78 or text.subject.isascii() is False
    assert vi.body != en.body
    assert re.search("[ạảấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự]", vi.body)
    if kind is Kind.APOLOGY:
        assert "16:30 thứ Tư 25/11/2026" in vi.body
    if kind is Kind.ATTEMPT:
        assert "26/11/2026" in vi.body
    assert "None" not in text_of(kind, "vi", "D-1", {}, "a", "b").body


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_mail_is_read_as_it_was_written(kind, language):
    dossier = "000.00.01.H99-261123-0001"
    text = text_of(kind, language, dossier, {}, "https://x.vn/t/D-1", "https://x.vn/n/abc")
    letter = Letter(
        id="id-1", kind=kind, dossier=dossier, language=language, at=NOW, made_at=NOW, tried_at=NOW, text=text,
        address="a@b.vn", secret=None, leave="https://x.vn/n/abc",
    )  # fmt: skip
    raw = message_of(letter, "baotin@example.vn").as_bytes()
    assert raw == message_of(letter, "baotin@example.vn").as_bytes()
    assert max(len(line) for line in raw.splitlines()) <= 998
    read = message_from_bytes(raw, policy=policy.default)
    assert read["Subject"] == text.subject
    assert read.get_content() == text.body
    assert read["Message-ID"] == "<id-1@example.vn>"


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "a@b.", "a b@c.vn", "a@b..vn", "a@c.vn\nBcc: x@y.vn", "a@c.vn,d@e.vn", "<a@c.vn>"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Unprocessable):
        refuse_address(Channel.EMAIL, address, ())
    with pytest.raises(Unprocessable):
        refuse_address(Channel.WEBHOOK, address, ())
