"""One plain stage and one true sentence for every state of papers and case."""

from datetime import UTC, datetime, timedelta

import pytest

from shipments.custody.rules import Phase
from shipments.dossiers.rules import ServiceMode, Status
from shipments.tracking import sentences
from shipments.tracking.rules import (
    CaseState,
    Stage,
    Whereabouts,
    answer_for_case,
    answer_for_item,
    holder_kind,
    masked,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CITIZEN = Whereabouts(phase=Phase.REGISTERED, holder="citizen")
AT_OFFICE = Whereabouts(phase=Phase.HELD, holder="post", at_origin=True)
ON_THE_ROAD = Whereabouts(phase=Phase.IN_TRANSIT, holder="post", at_origin=True)
AT_HUB = Whereabouts(phase=Phase.HELD, holder="post")
AT_DESK = Whereabouts(phase=Phase.HELD, holder="agency")


def case(status: Status = Status.REGISTERED, **different) -> CaseState:
    return CaseState(**{"status": status, "mode": ServiceMode.BOTH, "registered_at": NOW} | different)


@pytest.mark.parametrize(
    ("status", "dossier", "result", "stage"),
    [
        (Status.REGISTERED, CITIZEN, None, Stage.REGISTERED),
        (Status.REGISTERED, None, None, Stage.REGISTERED),
        (Status.REGISTERED, AT_OFFICE, None, Stage.ACCEPTED),
        (Status.REGISTERED, ON_THE_ROAD, None, Stage.TO_AGENCY),
        (Status.REGISTERED, AT_HUB, None, Stage.TO_AGENCY),
        (Status.REGISTERED, AT_DESK, None, Stage.AT_AGENCY),
        (Status.RECEIVED, AT_DESK, None, Stage.AT_AGENCY),
        (Status.PROCESSING, AT_DESK, None, Stage.PROCESSING),
        (Status.SUPPLEMENT, AT_DESK, None, Stage.PROCESSING),
        (Status.FEE, AT_DESK, None, Stage.PROCESSING),
        (Status.REJECTED, AT_DESK, None, Stage.PROCESSING),
        (Status.REJECTED, Whereabouts(phase=Phase.DELIVERED, holder="citizen"), None, Stage.RETURNED),
        (Status.DONE, AT_DESK, None, Stage.RESULT),
        (Status.DONE, AT_DESK, AT_DESK, Stage.RESULT),
        (Status.DONE, AT_DESK, AT_HUB, Stage.TO_CITIZEN),
        (Status.DONE, AT_DESK, Whereabouts(phase=Phase.AWAITING_PICKUP, holder="post"), Stage.TO_CITIZEN),
        (Status.DONE, AT_DESK, Whereabouts(phase=Phase.RETURNED, holder="agency"), Stage.RESULT),
        (Status.DONE, AT_DESK, Whereabouts(phase=Phase.DELIVERED, holder="citizen"), Stage.RETURNED),
        (Status.RETURNED, AT_DESK, None, Stage.RETURNED),
    ],
)
def test_every_state_has_its_stage(
    status: Status, dossier: Whereabouts | None, result: Whereabouts | None, stage: Stage
) -> None:
    answer = answer_for_case(case(status), dossier, result, NOW)
    assert answer.stage is stage
    assert answer.sentence.vi
    assert answer.sentence.en


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("holder", ["citizen", "post", "agency", None])
@pytest.mark.parametrize("completed", [False, True])
def test_no_state_is_without_an_answer(
    status: Status, phase: Phase, holder: str | None, completed: bool
) -> None:
    piece = Whereabouts(phase=phase, holder=holder)
    answer = answer_for_case(case(status), AT_DESK if completed else piece, piece if completed else None, NOW)
    assert answer.stage in Stage
    assert answer_for_item(piece, outbound=completed).stage in Stage


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ({"contested": True}, sentences.CONTESTED),
        ({"undecided": True}, sentences.UNDECIDED),
        ({"phase": Phase.LOST}, sentences.LOST),
    ],
)
def test_trouble_is_said_and_no_holder_is_claimed(trouble: dict, sentence: sentences.Words) -> None:
    piece = Whereabouts(**{"phase": Phase.HELD, "holder": "post"} | trouble)
    answer = answer_for_case(case(), piece, None, NOW)
    assert answer.sentence == sentence
    assert answer.holder is None


def test_lateness_is_judged_by_the_promise_that_holds_and_stops_with_the_case() -> None:
    due = NOW - timedelta(days=1)
    assert answer_for_case(case(Status.PROCESSING, due_now=due, due_first=due), AT_DESK, None, NOW).overdue
    done = case(Status.DONE, due_now=due, due_first=due, ended_at=due)
    assert not answer_for_case(done, AT_DESK, None, NOW).overdue
    moved = case(Status.PROCESSING, due_first=due, due_now=NOW, extended=True)
    answer = answer_for_case(moved, AT_DESK, None, NOW)
    assert (answer.due, answer.due_first, answer.extended, answer.overdue) == (NOW, due, True, False)


def test_a_party_is_told_in_kind_only() -> None:
    assert holder_kind("CITIZEN", None) == "citizen"
    assert holder_kind("BC-1", "post_office") == "post"
    assert holder_kind("H57.01", "authority") == "agency"
    assert holder_kind(None, None) is None


def test_a_name_is_shown_by_its_first_letters() -> None:
    assert masked("Nguyễn Thị Hằng") == "N••••• T•• H•••"


def test_an_open_dossier_past_its_day_says_so_and_a_finished_one_does_not() -> None:
    late = case(Status.PROCESSING, due_now=NOW - timedelta(days=1))
    said = answer_for_case(late, AT_DESK, None, NOW)
    assert said.overdue
    assert said.sentence.vi.endswith("Đã quá hẹn trả kết quả.")
    in_time = answer_for_case(case(Status.PROCESSING, due_now=NOW + timedelta(days=1)), AT_DESK, None, NOW)
    assert "quá hẹn" not in in_time.sentence.vi
    finished = case(Status.DONE, due_now=NOW - timedelta(days=1), ended_at=NOW)
    assert "quá hẹn" not in answer_for_case(finished, AT_DESK, None, NOW).sentence.vi
