"""What was odd about the rows of a case, and the rule by which the clocks were measured all the same."""

from collections.abc import Iterator
from datetime import datetime

from shipments.clocks.rules.marks import CASE_ENDS, Marks
from shipments.clocks.rules.model import Facts, Oddity, Terms
from shipments.dossiers.rules import CaseEvent, CaseKind

WITHOUT_RECEIPT = "clock.completed_without_receipt"
BEFORE_RECEIPT = "clock.event_before_receipt"
COMPLETED_TWICE = "clock.completed_twice"
NO_PROCEDURE = "clock.no_procedure_in_force"

NEEDS_RECEIPT = frozenset(
    {
        CaseKind.STEP_DONE,
        CaseKind.TRANSFERRED,
        CaseKind.EXTENDED,
        CaseKind.COMPLETED,
        CaseKind.RESULT_AT_DESK,
        CaseKind.CLOSED,
    }
)

RULES: dict[str, tuple[str, str]] = {
    WITHOUT_RECEIPT: (
        "Hoàn thành mà không có lượt tiếp nhận: thời hạn tính từ lúc bàn giao cho cơ quan hoặc đăng ký tại quầy.",
        "Completed without a receipt: the clock runs from the handover, or from the registration at the desk.",
    ),
    BEFORE_RECEIPT: (
        "Có sự kiện ghi thời điểm trước khi tiếp nhận: sự kiện đó không bắt đầu và không kết thúc thời hạn nào.",
        "An event is dated before the receipt: it starts and stops no clock.",
    ),
    COMPLETED_TWICE: (
        "Hồ sơ được báo kết thúc nhiều lần: lần đầu sau khi tiếp nhận được tính, các lần sau không đổi kết luận.",
        "Ended more than once: the first end after the receipt counts, the later ones change no verdict.",
    ),
    NO_PROCEDURE: (
        "Không có phiên bản thủ tục có hiệu lực ngày đăng ký: chỉ so với ngày hẹn trả đã ghi, nếu có.",
        "No version of the procedure was in force that day: judged against a written promise only.",
    ),
}


def oddities_of(facts: Facts, marks: Marks, terms: Terms) -> tuple[Oddity, ...]:
    """List them by the time of their rows."""
    events = sorted(facts.events, key=lambda event: (event.at, event.id))
    return tuple(_found(events, marks, terms))


def _found(events: list[CaseEvent], marks: Marks, terms: Terms) -> Iterator[Oddity]:
    if terms.procedure is None and events:
        yield Oddity(code=NO_PROCEDURE, row=events[0].id)
    received = marks.received
    ended = [event for event in events if event.kind in CASE_ENDS]
    completed = [event for event in ended if event.kind is CaseKind.COMPLETED]
    if received is None and completed:
        yield Oddity(code=WITHOUT_RECEIPT, row=completed[0].id)
    if received is not None:
        for event in _before(events, received.at):
            yield Oddity(code=BEFORE_RECEIPT, row=event.id)
    after = [event for event in ended if received is None or event.at >= received.at]
    for event in after[1:]:
        if event.kind is CaseKind.COMPLETED or after[0].kind is CaseKind.COMPLETED:
            yield Oddity(code=COMPLETED_TWICE, row=event.id)


def _before(events: list[CaseEvent], received: datetime) -> list[CaseEvent]:
    return [event for event in events if event.kind in NEEDS_RECEIPT and event.at < received]
