"""Limits in working days, what is late, who sees it, and what may be published."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from postal.errors import Conflict, Unprocessable
from postal.ledger.rules import canonical_instant
from shipments.feedback.rules import (
    ACCEPTED,
    ANSWERED,
    ASKED,
    PUBLISHED,
    REFUSED,
    SUPPLEMENTED,
    State,
    Trace,
    Wait,
    dues_of,
    extended,
    fold_feedback,
    follow_hash,
    new_follow_code,
    personal_traces,
    publish_due,
    refuse_move,
    refuse_traces,
)
from tests.factories.calendars import administrative
from tests.factories.feedback import CODE, a_record, begun, constants

VIETNAM = timezone(timedelta(hours=7))
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def local(due):
    return due.astimezone(VIETNAM).date()


def test_limits_count_working_days_from_the_day_after():
    # The 24th of November is a day off.
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
    dues = dues_of(administrative(), monday, constants())
    assert (local(dues.refuse), local(dues.supplement), local(dues.resolve)) == (
        date(2026, 11, 26),
        date(2026, 12, 1),
        date(2026, 12, 15),
    )
    assert local(
        publish_due(administrative(), datetime(2026, 11, 27, 16, tzinfo=VIETNAM), constants())
    ) == date(2026, 12, 1)


def test_waiting_for_its_author_moves_the_limit_by_working_days_unless_these_count():
    time = administrative()
    due = dues_of(time, datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM), constants()).resolve
    wait = Wait(datetime(2026, 11, 26, 9, tzinfo=VIETNAM), datetime(2026, 12, 1, 9, tzinfo=VIETNAM))
    assert local(extended(time, due, wait, constants())) == date(2026, 12, 18)
    assert extended(time, due, wait, constants(wait_counts=True)) == due
    same_day = Wait(wait.asked_at, wait.asked_at + timedelta(hours=2))
    assert extended(time, due, same_day, constants()) == due


def test_what_was_done_late_is_named_and_nothing_is_forbidden_for_being_late():
    answered = a_record(
        ANSWERED,
        AT + timedelta(days=16),
        outcome="FEEDBACK_EXPLAINED",
        publish_due=canonical_instant(AT + timedelta(days=18)),
    )
    published = a_record(PUBLISHED, AT + timedelta(days=19), digest="0" * 64)
    case = fold_feedback(CODE, [begun(AT), answered, published])
    assert (case.state, case.late) == (State.PUBLISHED, ("publish", "resolve"))
    refused = a_record(REFUSED, AT + timedelta(days=3), reason="FEEDBACK_NOT_OURS")
    assert fold_feedback(CODE, [begun(AT), refused]).late == ("refuse",)
    asked = a_record(ASKED, AT + timedelta(days=1), asked="0" * 64)
    assert fold_feedback(CODE, [begun(AT), asked, refused]).late == ()
    late_question = a_record(ASKED, AT + timedelta(days=6), asked="0" * 64)
    assert fold_feedback(CODE, [begun(AT), late_question]).late == ("supplement",)


def test_a_supplement_brings_its_limit_along():
    asked = a_record(ASKED, AT + timedelta(days=1), asked="0" * 64)
    back = a_record(
        SUPPLEMENTED,
        AT + timedelta(days=4),
        None,
        resolve_due=canonical_instant(AT + timedelta(days=18)),
    )
    case = fold_feedback(CODE, [back, begun(AT), asked])
    assert (case.state, case.resolve_due) == (State.ACCEPTED, AT + timedelta(days=18))


def test_a_report_of_violations_is_seen_by_nobody_who_took_it_or_had_it():
    taken = begun(AT, by="BC-1", organisation="MC-1")
    assert fold_feedback(CODE, [taken]).parties == ("BC-1", "MC-1")
    hidden = fold_feedback(CODE, [taken, a_record(ACCEPTED, AT + timedelta(hours=1), category="violation")])
    assert (hidden.parties, hidden.organisation) == ((), None)
    back = a_record(ACCEPTED, AT + timedelta(hours=2), category="attitude", organisation="MC-2")
    rows = [taken, a_record(ACCEPTED, AT + timedelta(hours=1), category="violation"), back]
    assert fold_feedback(CODE, rows).parties == ("BC-1", "MC-2")


def test_a_move_that_fits_no_state_is_refused_and_where_it_stands_in_the_ledger_flagged():
    publishing = a_record(PUBLISHED, AT + timedelta(hours=1), digest="0" * 64)
    case = fold_feedback(CODE, [begun(AT), publishing])
    assert (case.state, case.flags) == (State.RECEIVED, ("odd.published",))
    with pytest.raises(Conflict) as refused:
        refuse_move(case, PUBLISHED)
    assert refused.value.code == "feedback.state"
    assert fold_feedback(CODE, [publishing]) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gọi 0912 345 678", [Trace.NUMBER]),
        ("CCCD 046090001234", [Trace.NUMBER]),
        ("viết cho a@b.vn", [Trace.MAIL]),
        ("Bà NGUYỄN  THỊ Hằng phản ánh", [Trace.CONTACT]),
        ("Hồ sơ chậm 15 ngày, thu 26.000 đồng, QĐ 766/QĐ-TTg ngày 23/6/2022", []),
    ],
)
def test_what_may_tell_who_somebody_is_is_found(text, found):
    assert personal_traces(text, ["Nguyễn Thị Hằng", None, "An"]) == found


def test_a_publication_with_a_name_is_refused_with_what_to_do():
    with pytest.raises(Unprocessable) as refused:
        refuse_traces(("Chào ông Trần Văn Bình",), ["Trần Văn Bình"])
    assert refused.value.code == "feedback.personal"
    assert "tên" in refused.value.vi


def test_a_follow_code_may_be_typed_as_it_was_heard():
    code = new_follow_code(lambda letters: letters[7])
    assert follow_hash(code) == follow_hash(code.lower().replace("-", " "))
    assert follow_hash(code) != follow_hash(code[:-1] + "Z")
