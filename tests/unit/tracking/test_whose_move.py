"""Whose move it is and what a citizen can do, for every state of papers and case."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shipments.custody.rules import Phase
from shipments.dossiers.rules import ServiceMode, Status
from shipments.tracking.rules import (
    CaseState,
    Stage,
    Whereabouts,
    answer_for_case,
    answer_for_item,
    headline,
    moment_words,
    mover,
    to_do,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
POST = Whereabouts(phase=Phase.HELD, holder="post")
DESK = Whereabouts(phase=Phase.HELD, holder="agency")


def answer(status=Status.PROCESSING, dossier=DESK, result=None, now=NOW, **different):
    case = CaseState(
        **{"status": status, "mode": ServiceMode.BOTH, "registered_at": NOW, "due_now": DUE} | different
    )
    return answer_for_case(case, dossier, result, now)


def test_the_first_sentence_says_by_when_with_the_weekday():
    said = headline(answer())
    assert said.vi == "Hồ sơ của ông/bà đang được cơ quan giải quyết, hạn trả 16:30 thứ Tư 25/11/2026."
    assert said.en == "The agency is working on your dossier, due 16:30 Wednesday 25/11/2026."
    assert moment_words(datetime(2026, 11, 29, 17, 0, tzinfo=UTC)).vi == "00:00 thứ Hai 30/11/2026"
    late = headline(answer(now=DUE + timedelta(days=1)))
    assert late.vi == "Hồ sơ của ông/bà đang được cơ quan giải quyết. Đã quá hẹn trả kết quả."


def test_the_citizen_is_told_what_is_waited_for():
    waiting = {
        Status.SUPPLEMENT: "bổ sung",
        Status.FEE: "biên lai",
    }
    for status, word in waiting.items():
        asked = answer(status)
        assert mover(asked) == "citizen"
        assert word in to_do(asked)[0].vi
    pickup = answer(Status.DONE, result=Whereabouts(phase=Phase.AWAITING_PICKUP, holder="post"))
    assert mover(pickup) == "citizen"
    assert "giấy tờ tùy thân" in to_do(pickup)[0].vi
    coming = answer(Status.DONE, result=Whereabouts(phase=Phase.OUT_FOR_DELIVERY, holder="post"))
    assert mover(coming) == "post"
    assert "Để sẵn" in to_do(coming)[0].vi
    assert mover(answer(Status.REGISTERED, dossier=None)) == "citizen"
    assert mover(answer(Status.REGISTERED, dossier=None, mode=ServiceMode.RETURN)) == "agency"
    late = answer(now=DUE + timedelta(days=1))
    assert mover(late) == "agency"
    assert any("xin lỗi bằng văn bản" in each.vi for each in to_do(late))
    lost = answer(dossier=Whereabouts(phase=Phase.LOST, holder="post"))
    assert "khiếu nại" in to_do(lost)[0].vi


PIECES = st.builds(
    Whereabouts,
    phase=st.sampled_from(Phase),
    holder=st.sampled_from(["citizen", "post", "agency", None]),
    at_origin=st.booleans(),
    contested=st.booleans(),
    undecided=st.booleans(),
    attempts=st.integers(0, 3),
)


@given(
    st.sampled_from(Status),
    st.sampled_from(ServiceMode),
    st.none() | PIECES,
    st.none() | PIECES,
    st.none() | st.integers(-500, 500),
)
def test_everybody_is_told_something_true_of_every_state(status, mode, dossier, result, hours):
    due = None if hours is None else NOW + timedelta(hours=hours)
    told = answer(status, dossier, result, mode=mode, due_now=due)
    assert to_do(told)
    assert (mover(told) is None) == told.finished
    if told.waits_for:
        assert mover(told) == "citizen" or told.finished
    said = headline(told)
    assert said.vi.endswith(".")
    assert said.en.endswith(".")
    assert ("hạn trả" in said.vi) <= (
        due is not None and not told.overdue and told.stage is not Stage.RETURNED
    )


@given(PIECES, st.booleans())
def test_items_too(piece, outbound):
    told = answer_for_item(piece, outbound=outbound)
    assert to_do(told)
    assert (mover(told) is None) == told.finished


def test_papers_that_were_never_scanned_are_not_said_to_be_with_anybody():
    never = Whereabouts(phase=Phase.REGISTERED, holder="citizen")
    assert answer(dossier=never).holder is None
    assert answer(Status.REGISTERED, dossier=never).holder == "citizen"
    assert answer(dossier=DESK).holder == "agency"


def test_whoever_waits_too_long_is_told_of_the_apology_and_not_to_wait():
    (only,) = to_do(answer(now=DUE + timedelta(days=1)))
    assert "xin lỗi bằng văn bản" in only.vi
    assert len(to_do(answer(Status.SUPPLEMENT, now=DUE + timedelta(days=1)))) == 2
