"""What another system's rows ask of our cases. Pure: which dossier is to be registered, which events it implies."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from integrations.portal.rules.codes import (
    CHANNELS_READ,
    FORMS_READ,
    STATUS_NAMES,
    mode_of,
    reachable,
    read_instant,
)
from integrations.portal.rules.fields import PortalDossier, PortalProgress
from integrations.portal.rules.progress import told_kind
from integrations.portal.rules.reading import FieldError
from postal.instants import utc
from shipments.dossiers.rules import (
    Case,
    CaseEvent,
    CaseKind,
    ServiceMode,
    Status,
    allowed_from,
    course,
    fold,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_S, _K = Status, CaseKind

ENTERING: dict[Status, dict[Status, CaseKind]] = {
    _S.RECEIVED: {_S.REGISTERED: _K.RECEIVED, _S.SUPPLEMENT: _K.RECEIVED},
    _S.REJECTED: {_S.REGISTERED: _K.REJECTED},
    _S.PROCESSING: {
        _S.RECEIVED: _K.STEP_DONE,
        _S.PROCESSING: _K.STEP_DONE,
        _S.SUPPLEMENT: _K.SUPPLEMENTED,
        _S.FEE: _K.FEE_PAID,
        _S.WITHDRAWAL: _K.STEP_DONE,
    },
    _S.SUPPLEMENT: {_S.RECEIVED: _K.SUPPLEMENT_REQUESTED, _S.PROCESSING: _K.SUPPLEMENT_REQUESTED},
    _S.FEE: {_S.PROCESSING: _K.FEE_DUE},
    _S.WITHDRAWAL: dict.fromkeys(
        (_S.REGISTERED, _S.RECEIVED, _S.PROCESSING, _S.SUPPLEMENT, _S.FEE), _K.WITHDRAWAL_REQUESTED
    ),
    _S.STOPPED: dict.fromkeys((_S.RECEIVED, _S.PROCESSING, _S.SUPPLEMENT, _S.FEE), _K.STOPPED),
    _S.DONE: {_S.PROCESSING: _K.COMPLETED},
    _S.RETURNED: {_S.DONE: _K.CLOSED},
}
"""The event by which a case comes into a state, by the state it comes from."""

STAYING = frozenset({_K.TRANSFERRED, _K.STEP_DONE, _K.EXTENDED, _K.WITHDRAWN, _K.RESULT_AT_DESK, _K.CLOSED})
"""Events after which a case may stand where it stood; named by our own sentences alone."""


_ASKED = {_K.SUPPLEMENTED: _K.SUPPLEMENT_REQUESTED, _K.FEE_PAID: _K.FEE_DUE}


class Implied(Struct, frozen=True, kw_only=True):
    """A state that a row says a case came into, and when."""

    status: Status
    at: datetime
    due: datetime | None = None
    items: tuple[str, ...] = ()
    reason: str | None = None
    kind: CaseKind | None = None
    apology: str | None = None


class Fate(StrEnum):
    """What becomes of a state that another system says."""

    STATE = "stated"
    REPEATED = "repeated"
    UNCHANGED = "unchanged"
    STALE = "stale"
    TOO_EARLY = "too_early"
    REFUSED = "refused"


class Decided(Struct, frozen=True, kw_only=True):
    """What to do with an implied state; `before` is the state that the case had at that instant."""

    fate: Fate
    before: Status
    kind: CaseKind | None = None
    at: datetime | None = None


def instant(field: str, text: str) -> datetime | None:
    """Read an instant of a row.

    Raises:
        FieldError: It is not written as the portal writes instants.
    """
    try:
        return read_instant(text)
    except ValueError:
        raise FieldError(
            field, "portal.instant", f"{field} phải viết yyyyMMddHHmmss", f"{field} has to be yyyyMMddHHmmss"
        ) from None


def state_of(field: str, text: str) -> Status:
    """Read a state of the portal.

    Raises:
        FieldError: There is no such state.
    """
    try:
        return Status(int(text))
    except ValueError:
        raise FieldError(
            field,
            "portal.status",
            f"{field} phải là số từ 1 đến 10",
            f"{field} has to be a number from 1 to 10",
        ) from None


def code_of(row: PortalDossier | PortalProgress) -> str:
    """Give the code of the dossier that a row is about.

    Raises:
        FieldError: It names none.
    """
    if not row.ma_ho_so:
        raise FieldError("MaHoSo", "portal.no_code", "Thiếu MaHoSo", "MaHoSo is missing")
    return row.ma_ho_so


def new_dossier(
    row: PortalDossier, *, authority: str, desk: str, office: str | None
) -> dict[str, Any] | None:
    """Give the registration that a row asks for, as a caller of the API would write it; None if no post is in it.

    Whether the parties exist and every value is well formed is for whoever registers it.
    """
    mode = mode_of(row.kenh_thuc_hien, row.hinh_thuc)
    if mode is None:
        return None
    at = instant("NgayNopHoSo", row.ngay_nop_ho_so) or instant("NgayTiepNhan", row.ngay_tiep_nhan)
    person = {
        "name": row.chu_ho_so,
        "phone": row.so_dien_thoai,
        "email": row.email,
        "identity_type": row.loai_dinh_danh,
        "identity_number": row.so_dinh_danh.upper(),
    }
    channel = CHANNELS_READ.get(row.kenh_thuc_hien) if mode is ServiceMode.RETURN else None
    asked = {
        "code": row.ma_ho_so,
        "procedure": row.ma_tthc,
        "authority": authority,
        "desk": desk,
        "office": office,
        "service_mode": mode.value,
        "channel": channel.value if channel else None,
        "registered_at": at.isoformat() if at else None,
        "applicant": {name: value for name, value in person.items() if value},
        "lines": _lines(row),
    }
    return {name: value for name, value in asked.items() if value is not None}


FIELDS = {
    "code": "MaHoSo",
    "procedure": "MaTTHC",
    "registered_at": "NgayNopHoSo",
    "service_mode": "KenhThucHien",
    "channel": "KenhThucHien",
    "name": "ChuHoSo",
    "phone": "SoDienThoai",
    "email": "Email",
    "identity_type": "LoaiDinhDanh",
    "identity_number": "SoDinhDanh",
    "applicant": "ChuHoSo",
    "lines": "TaiLieuNop",
}
"""Which field of the portal a refused part of a registration came from."""


def _lines(row: PortalDossier) -> list[dict[str, Any]]:
    files = [
        {"name": file.ten_tep_dinh_kem or file.ma_thanh_phan_ho_so, "form": "electronic"}
        for file in row.tai_lieu_nop
        if file.is_deleted.lower() not in {"1", "true"}
        and (file.ten_tep_dinh_kem or file.ma_thanh_phan_ho_so)
    ]
    papers = [
        {
            "name": paper.ten_giay_to,
            "form": FORMS_READ.get(paper.loai_giay_to, "copy"),
            "copies": int(paper.so_luong) if paper.so_luong.isascii() and paper.so_luong.isdigit() else 1,
        }
        for paper in row.danh_sach_tep_dinh_kem_khac
        if paper.ten_giay_to
    ]
    return files + papers


def implied(row: PortalDossier) -> list[Implied]:
    """Give the states that a dossier's row tells with their instants, the oldest first.

    The state in which it stands comes last where the row says since when; a state without an instant is not made up.
    """
    status = state_of("TrangThaiHoSo", row.trang_thai_ho_so)
    due = instant("NgayHenTra", row.ngay_hen_tra)
    told = [(_S.RECEIVED, "NgayTiepNhan", row.ngay_tiep_nhan)]
    asked = row.danh_sach_ho_so_bo_sung
    if row.ngay_yeu_cau_bo_sung:
        told.append((_S.SUPPLEMENT, "NgayYeuCauBoSung", row.ngay_yeu_cau_bo_sung))
    if row.ngay_cong_dan_bo_sung and status is not _S.SUPPLEMENT:
        told.append((_S.PROCESSING, "NgayCongDanBoSung", row.ngay_cong_dan_bo_sung))
    if status in {_S.DONE, _S.RETURNED}:
        told.append((_S.DONE, "NgayKetThucXuLy", row.ngay_ket_thuc_xu_ly))
    if status is _S.STOPPED:
        told.append((_S.STOPPED, "NgayKetThucXuLy", row.ngay_ket_thuc_xu_ly))
    if status is _S.REJECTED:
        told.append((_S.REJECTED, "NgayTuChoi", row.ngay_tu_choi))
    if status is _S.RETURNED:
        told.append((_S.RETURNED, "NgayTra", row.ngay_tra))
    found = []
    for state, field, text in told:
        at = instant(field, text)
        if at is None:
            continue
        items = asked[-1].danh_sach_giay_to_bo_sung if asked and state is _S.SUPPLEMENT else ()
        found.append(
            Implied(
                status=state,
                at=at,
                due=due if state is _S.RECEIVED else None,
                items=tuple(item.ma_thanh_phan_ho_so for item in items),
            )
        )
    return sorted(found, key=lambda each: (each.at, each.status))


def implied_by(row: PortalProgress) -> Implied:
    """Give the state that a row of progress tells.

    Raises:
        FieldError: It says no instant.
    """
    at = instant("ThoiDiemXuLy", row.thoi_diem_xu_ly)
    if at is None:
        raise FieldError("ThoiDiemXuLy", "portal.no_instant", "Thiếu ThoiDiemXuLy", "ThoiDiemXuLy is missing")
    kind, apology = told_kind(row.noi_dung_xu_ly)
    return Implied(
        status=state_of("TrangThai", row.trang_thai),
        at=at,
        due=instant("NgayKetThucTheoQuyDinh", row.ngay_ket_thuc_theo_quy_dinh),
        kind=kind,
        apology=apology,
    )


def event_id(code: str, said: Implied) -> UUID:
    """Make the id of an event of what says it, so that the same row, sent again by any message, is the same event."""
    milliseconds = (utc(said.at) - EPOCH) // timedelta(milliseconds=1)
    content = "\x1f".join((code, str(said.status.value), said.kind.value if said.kind else ""))
    tail = int.from_bytes(hashlib.sha256(content.encode()).digest()[:8], "big") & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (said.status.value << 64) | (2 << 62) | tail)


def decide(code: str, events: Sequence[CaseEvent], said: Implied, *, told: Status) -> Decided:
    """Say what becomes of a state that another system tells of a case whose portal state is `told` now.

    It is judged against the state that the case had at that instant, so what comes late finds its place; nothing
    older ever takes a newer state away.
    """
    whole = list(course(events))
    second, identifier = timedelta(seconds=1), event_id(code, said)
    for event, case in whole:
        same = said.at <= utc(event.at) < said.at + second
        if event.id == identifier or (
            same and case.status is said.status and said.kind in {None, event.kind}
        ):
            return Decided(fate=Fate.REPEATED, before=case.status)
    # Instants of the portal are whole seconds: what it tells of the second of our last event came after that.
    last = utc(whole[-1][0].at) if whole else said.at
    at = last if said.at < last < said.at + second else said.at
    then = next((case for event, case in reversed(whole) if utc(event.at) <= at), Case())
    before = then.status
    late = at < last
    if not late and told is said.status and said.status is not _S.PROCESSING and said.kind not in STAYING:
        return Decided(fate=Fate.UNCHANGED, before=told)
    kind = _kind_of(said, then)
    if kind is not None:
        return Decided(fate=Fate.STATE, before=before, kind=kind, at=at)
    if late:
        waits = _waits(events, said, before, at)
        return Decided(fate=Fate.TOO_EARLY if waits else Fate.STALE, before=before)
    if before is said.status and said.kind is None:
        return Decided(fate=Fate.UNCHANGED, before=before)
    gap = reachable(before, said.status)
    return Decided(fate=Fate.TOO_EARLY if gap else Fate.REFUSED, before=before)


def _waits(events: Sequence[CaseEvent], said: Implied, before: Status, at: datetime) -> bool:
    """Tell whether what comes late lacks something that can still come: the receipt, or what it says that it answers.

    What could not stand any more if it came is not waited for.
    """
    if before is _S.REGISTERED:
        return said.status not in {_S.REGISTERED, _S.RECEIVED, _S.REJECTED, _S.WITHDRAWAL}
    asked = _ASKED.get(said.kind) if said.kind else None
    if asked is None:
        return False
    asking = CaseEvent(id=UUID(int=0), kind=asked, at=at)
    return len(fold([*events, asking]).flags) <= len(fold(events).flags)


def _kind_of(said: Implied, then: Case) -> CaseKind | None:
    """Give the event that a row means, if the state before it allows it.

    A row whose sentence says exactly what happened (a supplement came, a fee was paid) waits for what it answers; by
    its state alone it would count as a step of the work.
    """
    entering = ENTERING.get(said.status, {})
    if said.kind in STAYING or said.kind in entering.values():
        allowed = allowed_from(then.status, withdrawn=then.withdrawn, closed=then.closed_at is not None)
        return said.kind if said.kind in allowed else None
    return entering.get(then.status)


def body_of(
    said: Implied, kind: CaseKind, due_now: datetime | None, listed: Mapping[str, int]
) -> dict[str, Any]:
    """Give what an event of ours says besides its kind; a promise only where it is a new one."""
    body: dict[str, Any] = {}
    promises = {_K.RECEIVED, _K.SUPPLEMENTED, _K.EXTENDED}
    if (
        said.due is not None
        and kind in promises
        and (due_now is None or abs(said.due - due_now) >= timedelta(seconds=1))
    ):
        body["due"] = utc(said.due).isoformat()
    if said.apology:
        body["apology"] = said.apology
    if kind is _K.SUPPLEMENT_REQUESTED and (
        items := sorted({listed[code] for code in said.items if code in listed})
    ):
        body["items"] = items
    return body


def refusal(before: Status, after: Status) -> tuple[str, str]:
    """Say that the rule allows no such move, with both states by number and name, in both languages."""
    vi = (
        f"Không chuyển được từ trạng thái {before.value} ({STATUS_NAMES[before][0]}) "
        f"sang {after.value} ({STATUS_NAMES[after][0]}); hãy gửi các bước còn thiếu trước"
    )
    en = (
        f"State {before.value} ({STATUS_NAMES[before][1]}) does not lead to {after.value} "
        f"({STATUS_NAMES[after][1]}); send the steps between them first"
    )
    return vi, en
