"""What a change of law must keep to: a decision behind it, a limit that can be meant, and no past rewritten."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct

from postal.calendars.rules import Limit, Unit
from postal.errors import Conflict, Unprocessable
from postal.law.rules.model import (
    CodePattern,
    Component,
    Constant,
    PostalList,
    Procedure,
    ProcessStep,
    TransitLimit,
    is_withdrawn,
)

Standing = TypeVar("Standing", Procedure, Constant, TransitLimit, PostalList, CodePattern)

LONGEST: dict[Unit, int] = {
    Unit.HOURS: 366 * 24,
    Unit.WORKING_HOURS: 366 * 8,
    Unit.DAYS: 366,
    Unit.WORKING_DAYS: 366,
    Unit.MONTHS: 12,
}
"""A limit beyond a year is a slip of the pen."""

HOURS_A_DAY = 8
LAST = date(2100, 1, 1)


class Decision(Struct, frozen=True, kw_only=True):
    """The number and the day of the decision behind a change."""

    number: str
    on: date


def check_decision(decision: Decision, today: date) -> None:
    """Refuse a decision that is yet to be made."""
    if decision.on > today:
        raise Unprocessable(
            "law.decision_in_future",
            vi=f"Ngày ký quyết định {decision.on:%d/%m/%Y} ở tương lai; hãy ghi ngày đã ký",
            en=f"The decision is dated {decision.on.isoformat()}, which is yet to come; state the day it was signed",
            pointer="/decided_on",
        )


def check_span(valid_from: date, valid_to: date | None) -> None:
    """Refuse what ends before it begins, or lies beyond what calendars hold."""
    if valid_to is not None and valid_to <= valid_from:
        raise Unprocessable(
            "law.end_before_start",
            vi="Ngày hết hiệu lực phải sau ngày có hiệu lực",
            en="The end must come after the start",
            pointer="/valid_to",
        )
    if valid_from >= LAST:
        raise Unprocessable(
            "law.too_far",
            vi="Ngày có hiệu lực quá xa; hãy kiểm tra lại năm",
            en="The start is too far away; check the year",
            pointer="/valid_from",
        )


def check_limit(limit: Limit) -> None:
    """Refuse a limit of nothing, and one beyond a year (400 days is a slip of the pen)."""
    if limit.value <= 0:
        raise Unprocessable(
            "law.limit_not_positive",
            vi="Thời hạn phải lớn hơn 0",
            en="A limit must be greater than zero",
            pointer="/limit/value",
        )
    if limit.value > LONGEST[limit.unit]:
        raise Unprocessable(
            "law.limit_too_long",
            vi=f"Thời hạn dài hơn một năm (nhiều nhất {LONGEST[limit.unit]} theo đơn vị này); hãy kiểm tra lại",
            en=f"The limit is longer than a year (at most {LONGEST[limit.unit]} in this unit); check it",
            pointer="/limit/value",
        )


def check_flags(*, submit: bool, back: bool, presence: bool, secret: bool, pointer: str = "") -> None:
    """Refuse flags that contradict one another."""
    if secret and (submit or back):
        raise Unprocessable(
            "law.secret_by_post",
            vi="Thủ tục có tài liệu mật không được gửi, trả qua bưu chính công ích",
            en="A procedure with state secrets is not carried by the public post",
            pointer=f"{pointer}/state_secret",
        )
    if presence and submit:
        raise Unprocessable(
            "law.presence_by_post",
            vi="Thủ tục phải có mặt thì không nhận hồ sơ qua bưu chính; chỉ có thể trả kết quả",
            en="A procedure that requires presence takes no dossier by post; only its result may be carried",
            pointer=f"{pointer}/requires_presence",
        )


def check_papers(papers: Sequence[Component]) -> None:
    """Refuse two papers under one code, and a copy that is to be given back."""
    seen: set[str] = set()
    for at, paper in enumerate(papers):
        if paper.code in seen:
            raise Unprocessable(
                "law.paper_twice",
                vi=f"Mã thành phần {paper.code} ghi hai lần",
                en=f"The paper {paper.code} is listed twice",
                pointer=f"/components/{at}/code",
            )
        seen.add(paper.code)
        if paper.to_return and paper.form != "original":
            raise Unprocessable(
                "law.return_of_copy",
                vi=f"Chỉ bản chính mới phải trả lại ({paper.code})",
                en=f"Only originals are given back ({paper.code})",
                pointer=f"/components/{at}/to_return",
            )


def check_steps(steps: Sequence[ProcessStep], limit: Limit) -> None:
    """Refuse steps that together take longer than the limit; calendar units leave it to people."""
    hours = {Unit.WORKING_HOURS: 1, Unit.WORKING_DAYS: HOURS_A_DAY}.get(limit.unit)
    together = sum(step.hours for step in steps)
    if hours is not None and together > limit.value * hours:
        raise Unprocessable(
            "law.steps_exceed_limit",
            vi=f"Các bước cộng lại {together} giờ làm việc, quá thời hạn {limit.value * hours} giờ",
            en=f"The steps take {together} working hours, more than the limit of {limit.value * hours}",
            pointer="/steps",
        )


def place(
    standing: Sequence[Standing], valid_from: date, valid_to: date | None, today: date
) -> Standing | None:
    """Find which standing rule ends where a new one begins; None if none does.

    Raises where the new one would rewrite a day that has passed, or lie over one that begins later.
    """
    check_span(valid_from, valid_to)
    if standing and valid_from < today:
        raise Unprocessable(
            "law.in_the_past",
            vi=f"Quy định mới chỉ có hiệu lực từ hôm nay ({today:%d/%m/%Y}) trở đi; quá khứ không được viết lại",
            en=f"A new rule holds from today ({today.isoformat()}) on; the past is not rewritten",
            pointer="/valid_from",
        )
    closed = None
    for rule in standing:
        if is_withdrawn(rule):
            continue
        if rule.valid_from >= valid_from and (valid_to is None or rule.valid_from < valid_to):
            raise Conflict(
                "law.overlaps",
                vi=f"Trùng với quy định có hiệu lực từ {rule.valid_from:%d/%m/%Y}; mỗi ngày chỉ một quy định",
                en=f"It lies over the rule from {rule.valid_from.isoformat()}; one rule holds on each day",
                pointer="/valid_from",
                standing_from=rule.valid_from.isoformat(),
            )
        if rule.valid_from < valid_from and (rule.valid_to is None or rule.valid_to > valid_from):
            closed = rule
    return closed


def check_end(rule: Standing, valid_to: date, today: date) -> None:
    """Refuse an end that lies in the past, before the beginning, or after one that was set already."""
    if rule.valid_to is not None and rule.valid_to <= valid_to:
        raise Conflict(
            "law.ended_already",
            vi=f"Quy định này hết hiệu lực ngày {rule.valid_to:%d/%m/%Y}",
            en=f"This rule ends on {rule.valid_to.isoformat()} already",
            pointer="/valid_to",
        )
    check_span(rule.valid_from, valid_to)
    if valid_to < today:
        raise Unprocessable(
            "law.in_the_past",
            vi=f"Chỉ được chấm dứt hiệu lực từ hôm nay ({today:%d/%m/%Y}) trở đi; quá khứ không được viết lại",
            en=f"A rule ends today ({today.isoformat()}) or later; the past is not rewritten",
            pointer="/valid_to",
        )
