"""What may be stated about money now; the ledger itself would take it and flag it."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from postal.errors import Conflict, Forbidden, Unprocessable
from shipments.fees.rules.money import COLLECTED, Entry
from shipments.fees.rules.remittance import Remittance, RemittanceLine, RemittanceState


def refuse_over_refund(fee: Entry | None, earlier: Iterable[Entry], amount: int) -> Entry:
    """Give the collection that a refund names, or raise why it cannot give back so much."""
    if fee is None or fee.kind != COLLECTED:
        raise Unprocessable(
            "fee.unknown",
            vi="Không tìm thấy khoản thu này; hãy kiểm tra số biên lai.",
            en="There is no such collection; check the receipt number.",
            pointer="/fee",
        )
    if fee.void_by is not None:
        raise Conflict(
            "fee.corrected_already",
            vi="Khoản này đã được đính chính; hãy dùng dòng mới.",
            en="This entry was corrected; use the newer one.",
            pointer="/fee",
            by=str(fee.void_by),
        )
    left = fee.amount - sum(entry.amount for entry in earlier if entry.void_by is None)
    if amount > left:
        raise Conflict(
            "fee.refund_too_large",
            vi=f"Chỉ còn được hoàn {left} đồng của khoản thu này.",
            en=f"Only {left} đồng of this collection can still be given back.",
            pointer="/amount",
            left=left,
        )
    return fee


def refuse_correcting(entry: Entry, refunds: Iterable[Entry], remittances: Collection[str]) -> None:
    """Raise while something else still rests on the entry."""
    if entry.void_by is not None:
        raise Conflict(
            "fee.corrected_already",
            vi="Khoản này đã được đính chính; hãy dùng dòng mới.",
            en="This entry was corrected; use the newer one.",
            by=str(entry.void_by),
        )
    if any(refund.void_by is None for refund in refunds):
        raise Conflict(
            "fee.refunded_already",
            vi="Khoản thu đã có hoàn tiền; hãy đính chính phiếu hoàn trước.",
            en="Money of it was given back; correct the refund first.",
        )
    if remittances:
        raise Conflict(
            "fee.remitted_already",
            vi=f"Khoản thu đang ở bảng kê nộp tiền {min(remittances)}; hãy rút bảng kê trước.",
            en=f"It is on remittance {min(remittances)}; withdraw that first.",
            remittance=min(remittances),
        )


def remittable(
    fees: Iterable[Entry], refunds: Mapping[UUID, int], taken: Mapping[UUID, str]
) -> list[tuple[Entry, int]]:
    """Give the collections that may go on a remittance, each with what is left of it."""
    found = []
    for fee in fees:
        left = fee.amount - refunds.get(fee.id, 0)
        if fee.kind == COLLECTED and fee.void_by is None and fee.id not in taken and left > 0:
            found.append((fee, left))
    return found


def refuse_counting(remittance: Remittance, *, person: str | None) -> None:
    """Raise where nothing is there to be counted, or the giver would count the own money."""
    if remittance.state is RemittanceState.WITHDRAWN:
        raise Conflict(
            "remittance.withdrawn",
            vi="Bảng kê nộp tiền đã được rút lại.",
            en="The remittance was withdrawn.",
        )
    if person is not None and person == remittance.person:
        raise Forbidden(
            "remittance.own_count",
            vi="Người nộp không được tự kiểm đếm; cần người nhận.",
            en="Who hands money over does not count it; the receiver does.",
        )


def refuse_withdrawing(remittance: Remittance) -> None:
    """Raise once somebody has counted the money."""
    if remittance.state is not RemittanceState.HANDED:
        raise Conflict(
            "remittance.counted",
            vi="Bảng kê đã được kiểm đếm hoặc đã rút; chỉ còn giải trình chênh lệch.",
            en="It was counted or withdrawn already; differences are settled line by line.",
            state=remittance.state.value,
        )


def refuse_settling(remittance: Remittance, receipt: str) -> RemittanceLine:
    """Give the line whose difference is to be settled, or raise why there is none."""
    line = next((each for each in remittance.lines if each.receipt == receipt), None)
    if line is None:
        raise Unprocessable(
            "remittance.line_unknown",
            vi="Bảng kê không có số biên lai này.",
            en="The remittance has no such receipt.",
            pointer="/receipt",
        )
    if not line.open:
        raise Conflict(
            "remittance.nothing_to_settle",
            vi="Dòng này không có chênh lệch cần giải trình.",
            en="This line has no open difference.",
            pointer="/receipt",
        )
    return line
