"""What a case may do next, what is refused, and what the post may carry."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from postal.errors import Conflict, Forbidden, PostalError, Unprocessable
from shipments.dossiers.rules import (
    CaseEvent,
    CaseKind,
    Eligibility,
    Line,
    ServiceMode,
    Status,
    Whereabouts,
    fold,
    judge,
    last4,
    refuse_closing,
    refuse_override,
    refuse_unless_eligible,
)

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)


def case_of(*kinds: str, **bodies: dict[str, Any]) -> list[CaseEvent]:
    return [
        CaseEvent(
            id=UUID(int=number + 1),
            kind=CaseKind(kind),
            at=START + timedelta(hours=number),
            body=bodies.get(kind, {}),
        )
        for number, kind in enumerate(kinds)
    ]


def judged(*kinds: str, **bodies: dict[str, Any]) -> None:
    *before, last = case_of(*kinds, **bodies)
    judge(before, last, NOW)


def test_a_plain_case_ends_returned() -> None:
    case = fold(case_of("registered", "received", "step_done", "completed", "result_at_desk", "closed"))
    assert case.status is Status.RETURNED
    assert case.completed_at == START + timedelta(hours=3)
    assert case.closed_at == START + timedelta(hours=5)
    assert case.flags == ()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("registered", {"received", "rejected", "withdrawal_requested"}),
        (
            "registered received",
            {"transferred", "step_done", "supplement_requested", "withdrawal_requested", "stopped"},
        ),
        (
            "registered received step_done",
            {
                "transferred",
                "step_done",
                "supplement_requested",
                "fee_due",
                "withdrawal_requested",
                "stopped",
                "completed",
            },
        ),
        (
            "registered received supplement_requested",
            {"received", "supplemented", "withdrawal_requested", "stopped"},
        ),
        ("registered received step_done fee_due", {"fee_paid", "withdrawal_requested", "stopped"}),
        ("registered received step_done withdrawal_requested", {"withdrawn", "transferred", "step_done"}),
        ("registered received step_done withdrawal_requested withdrawn", {"closed"}),
        ("registered received stopped", {"closed"}),
        ("registered rejected", {"closed"}),
        ("registered received step_done completed", {"result_at_desk", "closed"}),
        ("registered received step_done completed closed", set()),
    ],
)
def test_only_the_moves_of_the_portal_are_allowed(path: str, status: set[str]) -> None:
    for kind in CaseKind:
        if kind in {CaseKind.REGISTERED, CaseKind.EXTENDED}:
            continue
        if kind.value in status:
            judged(*path.split(), kind.value)
        else:
            with pytest.raises(Conflict) as refused:
                judged(*path.split(), kind.value)
            assert refused.value.extra["from"] == fold(case_of(*path.split())).status.value
            assert set(refused.value.extra["allowed"]) - {"extended"} == status


def test_a_second_supplement_needs_a_reasoned_override() -> None:
    path = ["registered", "received", "supplement_requested", "supplemented", "supplement_requested"]
    with pytest.raises(Conflict) as refused:
        judged(*path)
    assert refused.value.code == "case.second_supplement"
    *before, last = case_of(*path)
    overriding = CaseEvent(
        id=last.id,
        kind=last.kind,
        at=last.at,
        body={"override": True, "reason": "law_changed", "decision": "12/QĐ"},
    )
    allowed = judge(before, overriding, NOW)
    assert allowed.supplements == 2
    assert [flag.code for flag in allowed.flags] == ["case.second_supplement"]
    with pytest.raises(Forbidden):
        refuse_override(overriding, head=False)
    refuse_override(overriding, head=True)


def test_an_extension_needs_an_apology_and_happens_once() -> None:
    due = {"due": (START + timedelta(days=9)).isoformat()}
    later = {"due": (START + timedelta(days=12)).isoformat(), "apology": "15/VBXL"}
    with pytest.raises(Conflict) as refused:
        judged("registered", "received", "extended", received=due, extended={"due": later["due"]})
    assert refused.value.code == "case.apology_missing"
    events = case_of("registered", "received", "extended", received=due, extended=later)
    case = judge(events[:-1], events[-1], NOW)
    assert case.due_first == START + timedelta(days=9)
    assert case.due_now == START + timedelta(days=12)
    again = CaseEvent(id=UUID(int=99), kind=CaseKind.EXTENDED, at=START + timedelta(hours=9), body=later)
    with pytest.raises(Conflict) as refused:
        judge(events, again, NOW)
    assert refused.value.code == "case.second_extension"


def test_a_promise_never_moves_back() -> None:
    due = {"due": (START + timedelta(days=9)).isoformat()}
    with pytest.raises(Unprocessable) as refused:
        judged("registered", "received", "extended", received=due, extended={**due, "apology": "15/VBXL"})
    assert refused.value.code == "case.due_not_later"


def test_an_event_put_in_between_may_not_break_a_later_one() -> None:
    events = case_of("registered", "received", "step_done", "completed")
    stop = CaseEvent(id=UUID(int=50), kind=CaseKind.STOPPED, at=START + timedelta(minutes=90))
    with pytest.raises(Conflict) as refused:
        judge(events, stop, NOW)
    assert refused.value.extra["event"] == str(events[2].id)


def test_the_future_is_refused() -> None:
    event = CaseEvent(id=UUID(int=9), kind=CaseKind.RECEIVED, at=NOW + timedelta(hours=1))
    with pytest.raises(Unprocessable):
        judge(case_of("registered"), event, NOW)


def test_an_imported_log_is_folded_and_flagged() -> None:
    case = fold(case_of("received", "completed"))
    assert case.status is Status.DONE
    assert case.completed_at == START + timedelta(hours=1)
    assert [flag.code for flag in case.flags] == [
        "case.before_registration",
        "case.before_registration",
        "case.move_not_allowed",
    ]


ORIGINAL = Line(number=2, name="Giấy chứng nhận", form="original", to_return=True)
COPY = Line(number=1, name="Tờ khai", form="copy", to_return=True)


@pytest.mark.parametrize(
    ("dossier", "result", "code"),
    [
        (Whereabouts(known=True), Whereabouts(known=True), "case.originals_outstanding"),
        (Whereabouts(known=True), Whereabouts(known=True, delivered=True), "case.originals_outstanding"),
        (
            Whereabouts(known=True),
            Whereabouts(known=True, delivered=True, originals=0),
            "case.originals_outstanding",
        ),
        (Whereabouts(known=True), Whereabouts(known=True, returned=True), "case.originals_outstanding"),
        (Whereabouts(known=True, delivered=True), Whereabouts(known=True), "case.result_outstanding"),
        (Whereabouts(known=True), Whereabouts(known=True, delivered=True, originals=1), None),
        (Whereabouts(known=True, incident=True), Whereabouts(known=True, returned=True), None),
    ],
)
def test_a_case_stays_open_until_every_original_came_back(
    dossier: Whereabouts, result: Whereabouts, code: str | None
) -> None:
    case = fold(case_of("registered", "received", "step_done", "completed"))
    if code is None:
        refuse_closing(case.status, [COPY, ORIGINAL], dossier, result)
        return
    with pytest.raises(Conflict) as refused:
        refuse_closing(case.status, [COPY, ORIGINAL], dossier, result)
    assert refused.value.code == code
    if code == "case.originals_outstanding":
        assert refused.value.extra["lines"] == [{"number": 2, "copies": 1}]


@pytest.mark.parametrize(
    ("eligible", "presence", "secret", "mode", "code"),
    [
        (True, False, False, "submit", None),
        (True, True, False, "submit", "dossier.presence_required"),
        (True, True, False, "both", "dossier.presence_required"),
        (True, True, False, "return", None),
        (False, False, False, "return", "dossier.not_eligible"),
        (True, False, True, "return", "dossier.state_secret"),
    ],
)
def test_the_post_carries_only_what_the_law_lets_it(
    eligible: bool, presence: bool, secret: bool, mode: str, code: str | None
) -> None:
    refused: PostalError | None = None
    try:
        refuse_unless_eligible(Eligibility("1.004873", eligible, presence, secret), ServiceMode(mode))
    except PostalError as error:
        refused = error
    assert (refused.code if refused else None) == code


@pytest.mark.parametrize(
    ("phone", "digits"), [("0912 345 678", "5678"), ("+84912345678", "5678"), ("1234", None), ("", None)]
)
def test_the_second_factor_is_the_end_of_the_phone_number(phone: str, digits: str | None) -> None:
    assert last4(phone) == digits
