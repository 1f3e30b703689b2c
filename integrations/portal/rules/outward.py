"""A dossier of ours in the fields of DongBoHoSoMC. What we do not know stays empty; nothing is made up."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from integrations.portal.rules.codes import FORMS, ORGANISATIONS, channel_of, way_back, written
from integrations.portal.rules.fields import (
    AskedPaper,
    Fee,
    OtherPaper,
    PortalDossier,
    ResultPaper,
    SubmittedFile,
    Supplement,
)
from shipments.dossiers.rules import Applicant, Channel, Line, ServiceMode, Status

FEE_NAMES = {"fee": "Phí", "charge": "Lệ phí"}
"""The post's own fare is no fee of the agency, and the portal is not told of it."""


class KnownSupplement(Struct, frozen=True, kw_only=True):
    """A request for a supplement, with the papers that it asked for by name and code."""

    row: UUID
    at: datetime
    answered_at: datetime | None
    reason: str | None
    papers: tuple[tuple[str, str], ...] = ()


class KnownFee(Struct, frozen=True, kw_only=True):
    """What was paid and not given back."""

    line: str
    at: datetime
    amount: int
    online: bool


class Known(Struct, frozen=True, kw_only=True):
    """All that the portal's fields can hold of a dossier."""

    code: str
    procedure: str
    procedure_name: str | None
    service_mode: ServiceMode
    channel: Channel | None
    status: Status
    registered_at: datetime
    received_at: datetime | None
    due: datetime | None
    completed_at: datetime | None
    ended_at: datetime | None
    closed_at: datetime | None
    unit_name: str | None
    office_name: str | None
    delivered_at: datetime | None = None
    came_back: bool = False
    scanned: bool = False
    applicant: Applicant | None = None
    lines: tuple[Line, ...] = ()
    supplements: tuple[KnownSupplement, ...] = ()
    fees: tuple[KnownFee, ...] = ()


def status_of(status: Status, *, delivered: bool, came_back: bool) -> Status:
    """Give the state that the portal is told.

    A result is returned when the citizen has it, before the case is closed; one that came back to the agency after
    two visits is done and not returned.
    """
    if status is Status.DONE and delivered:
        return Status.RETURNED
    if status is Status.RETURNED and came_back:
        return Status.DONE
    return status


def told_status(known: Known) -> Status:
    """Give the state of a dossier as the portal is told it."""
    return status_of(known.status, delivered=known.delivered_at is not None, came_back=known.came_back)


def dossier_fields(known: Known) -> PortalDossier:
    """Write a dossier in the portal's fields."""
    status = told_status(known)
    person = known.applicant
    asked = known.supplements
    finished = known.completed_at or (known.ended_at if status is Status.STOPPED else None)
    return PortalDossier(
        ma_ho_so=known.code,
        ma_tthc=known.procedure,
        ten_tthc=known.procedure_name or "",
        kenh_thuc_hien=channel_of(known.service_mode, known.channel),
        chu_ho_so=(person and person.name) or "",
        loai_doi_tuong=_sort_of(person),
        loai_dinh_danh=(person and person.identity_type) or "",
        so_dinh_danh=(person and person.identity_number) or "",
        email=(person and person.email) or "",
        so_dien_thoai=(person and person.phone) or "",
        ngay_nop_ho_so=written(known.registered_at),
        ngay_tiep_nhan=written(known.received_at),
        ngay_hen_tra=written(known.due),
        trang_thai_ho_so=str(status.value),
        ngay_tra=written((known.delivered_at or known.closed_at) if status is Status.RETURNED else None),
        hinh_thuc=way_back(known.service_mode),
        ngay_ket_thuc_xu_ly=written(finished),
        ngay_tu_choi=written(known.ended_at if status is Status.REJECTED else None),
        ngay_yeu_cau_bo_sung=written(asked[-1].at if asked else None),
        ngay_cong_dan_bo_sung=written(asked[-1].answered_at if asked else None),
        don_vi_xu_ly=known.unit_name or "",
        noi_nop_ho_so=known.office_name or "",
        ho_so_co_thanh_phan_so_hoa=_yes(known.scanned),
        duoc_thanh_toan_truc_tuyen=_yes(any(fee.online for fee in known.fees)) if known.fees else "",
        tai_lieu_nop=tuple(_file(line) for line in known.lines if line.form == "electronic"),
        danh_sach_le_phi=tuple(_fee(fee, known) for fee in known.fees),
        danh_sach_tep_dinh_kem_khac=tuple(_paper(line) for line in known.lines if line.form != "electronic"),
        danh_sach_ho_so_bo_sung=tuple(_supplement(each) for each in asked),
        danh_sach_giay_to_ket_qua=_result(known),
    )


def _sort_of(person: Applicant | None) -> str:
    if person is None or person.identity_type is None:
        return ""
    return "2" if person.identity_type.lower() in ORGANISATIONS else "1"


def _yes(said: bool) -> str:  # noqa: FBT001 - what is asked stands before it
    return "1" if said else "0"


def _file(line: Line) -> SubmittedFile:
    return SubmittedFile(
        tep_dinh_kem_id=str(line.number), ten_tep_dinh_kem=line.name, is_deleted="False", duoc_so_hoa="1"
    )


def _paper(line: Line) -> OtherPaper:
    return OtherPaper(ten_giay_to=line.name, so_luong=str(line.copies), loai_giay_to=FORMS[line.form])


def _fee(fee: KnownFee, known: Known) -> Fee:
    return Fee(ten_phi_le_phi=FEE_NAMES[fee.line], hinh_thuc_thu=_collected(fee, known), gia=str(fee.amount))


def _collected(fee: KnownFee, known: Known) -> str:
    if known.completed_at is not None and fee.at >= known.completed_at:
        return "4"
    return "2" if any(each.at <= fee.at for each in known.supplements) else "1"


def _supplement(each: KnownSupplement) -> Supplement:
    return Supplement(
        ho_so_bo_sung_id=str(each.row),
        noi_dung_bo_sung=each.reason or "",
        ngay_bo_sung=written(each.at),
        ngay_tiep_nhan_bo_sung=written(each.answered_at),
        trang_thai_bo_sung=_yes(each.answered_at is not None),
        danh_sach_giay_to_bo_sung=tuple(
            AskedPaper(ten_giay_to=name, ma_thanh_phan_ho_so=code) for name, code in each.papers
        ),
    )


def _result(known: Known) -> tuple[ResultPaper, ...]:
    # The code of the result is ours; the kind of result (MaKetQua) is a list that we were not given.
    return () if known.completed_at is None else (ResultPaper(giay_to_id=f"{known.code}-KQ"),)
