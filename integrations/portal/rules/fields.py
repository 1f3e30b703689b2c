"""The fields of the national portal's two services for one-stop systems, in the order and spelling that was found.

Four public code bases agree on them; no official description of the live service was at hand. Every value travels as
text; what a sender does not know is an empty string, and an absent list is an empty one.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

ODD_NAMES = {
    "ma_tthc": "MaTTHC",
    "ten_tthc": "TenTTHC",
    "tai_khoan_duoc_xac_thuc_voi_vneid": "TaiKhoanDuocXacThucVoiVNeID",
    "duoc_lay_tu_kho_dmqg": "DuocLayTuKhoDMQG",
}

DOSSIERS, PROGRESS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"


def spelled(name: str) -> str:
    """Spell a field as the portal does."""
    return ODD_NAMES.get(name) or "".join(part.capitalize() for part in name.split("_"))


Value = Annotated[str, Meta(max_length=4_000)]


class SubmittedFile(Struct, frozen=True, kw_only=True, rename=spelled):
    """An electronic paper of a dossier (TaiLieuNop)."""

    tep_dinh_kem_id: Value = ""
    ten_tep_dinh_kem: Value = ""
    is_deleted: Value = ""
    ma_thanh_phan_ho_so: Value = ""
    duong_dan_tai_tep_tin: Value = ""
    duoc_so_hoa: Value = ""
    duoc_lay_tu_kho_dmqg: Value = ""


class Fee(Struct, frozen=True, kw_only=True, rename=spelled):
    """A fee that was paid (DanhSachLePhi); `HinhThucThu` 1 at receipt, 2 at a supplement, 4 at the return."""

    ten_phi_le_phi: Value = ""
    ma_phi_le_phi: Value = ""
    hinh_thuc_thu: Value = ""
    gia: Value = ""
    loai_phi_le_phi: Value = ""


class OtherPaper(Struct, frozen=True, kw_only=True, rename=spelled):
    """A paper that is no file (DanhSachTepDinhKemKhac); `LoaiGiayTo` 0 original, 1 copy, 2 electronic."""

    ten_giay_to: Value = ""
    so_luong: Value = ""
    loai_giay_to: Value = ""


class AskedPaper(Struct, frozen=True, kw_only=True, rename=spelled):
    """A paper that a supplement asks for."""

    ten_giay_to: Value = ""
    ma_thanh_phan_ho_so: Value = ""


class Supplement(Struct, frozen=True, kw_only=True, rename=spelled):
    """A request for a supplement and its answer (DanhSachHoSoBoSung)."""

    ho_so_bo_sung_id: Value = ""
    nguoi_yeu_cau_bo_sung: Value = ""
    noi_dung_bo_sung: Value = ""
    ngay_bo_sung: Value = ""
    nguoi_tiep_nhan_bo_sung: Value = ""
    thong_tin_tiep_nhan: Value = ""
    ngay_tiep_nhan_bo_sung: Value = ""
    trang_thai_bo_sung: Value = ""
    danh_sach_giay_to_bo_sung: tuple[AskedPaper, ...] = ()
    danh_sach_le_phi_bo_sung: tuple[Fee, ...] = ()
    ngay_hen_tra_truoc: Value = ""
    ngay_hen_tra_moi: Value = ""


class ResultPaper(Struct, frozen=True, kw_only=True, rename=spelled):
    """The result of a dossier (DanhSachGiayToKetQua)."""

    ten_giay_to: Value = ""
    ma_thanh_phan_ho_so: Value = ""
    giay_to_id: Value = ""
    duong_dan_tep_tin_ket_qua: Value = ""
    ma_ket_qua: Value = ""


class PortalDossier(Struct, frozen=True, kw_only=True, rename=spelled):
    """One row of DongBoHoSoMC: a dossier as it stands."""

    ma_ho_so: Value = ""
    ma_tthc: Value = ""
    ten_tthc: Value = ""
    ma_linh_vuc: Value = ""
    ten_linh_vuc: Value = ""
    so_bien_nhan: Value = ""
    kenh_thuc_hien: Value = ""
    chu_ho_so: Value = ""
    loai_doi_tuong: Value = ""
    ma_doi_tuong: Value = ""
    loai_dinh_danh: Value = ""
    so_dinh_danh: Value = ""
    thong_tin_khac: Value = ""
    email: Value = ""
    fax: Value = ""
    so_dien_thoai: Value = ""
    trich_yeu_ho_so: Value = ""
    ngay_nop_ho_so: Value = ""
    ngay_tiep_nhan: Value = ""
    ngay_hen_tra: Value = ""
    trang_thai_ho_so: Value = ""
    ngay_tra: Value = ""
    thong_tin_tra: Value = ""
    hinh_thuc: Value = ""
    ngay_ket_thuc_xu_ly: Value = ""
    ngay_tu_choi: Value = ""
    ngay_yeu_cau_bo_sung: Value = ""
    ngay_cong_dan_bo_sung: Value = ""
    don_vi_xu_ly: Value = ""
    ghi_chu: Value = ""
    noi_nop_ho_so: Value = ""
    ho_so_co_thanh_phan_so_hoa: Value = ""
    tai_khoan_duoc_xac_thuc_voi_vneid: Value = ""
    duoc_thanh_toan_truc_tuyen: Value = ""
    tai_lieu_nop: tuple[SubmittedFile, ...] = ()
    danh_sach_le_phi: tuple[Fee, ...] = ()
    danh_sach_tep_dinh_kem_khac: tuple[OtherPaper, ...] = ()
    danh_sach_ho_so_bo_sung: tuple[Supplement, ...] = ()
    danh_sach_giay_to_ket_qua: tuple[ResultPaper, ...] = ()


class PortalProgress(Struct, frozen=True, kw_only=True, rename=spelled):
    """One row of CapNhatTienDoHoSoMC: something that happened to a dossier."""

    ma_ho_so: Value = ""
    nguoi_xu_ly: Value = ""
    chuc_danh: Value = ""
    thoi_diem_xu_ly: Value = ""
    phong_ban_xu_ly: Value = ""
    noi_dung_xu_ly: Value = ""
    trang_thai: Value = ""
    ngay_bat_dau: Value = ""
    ngay_ket_thuc_theo_quy_dinh: Value = ""


def envelope(
    service: str, rows: tuple[Struct, ...], *, session: str, madonvi: str, is_updating: bool
) -> dict[str, Any]:
    """Wrap rows as the portal's services take them."""
    return {
        "session": session,
        "madonvi": madonvi,
        "service": service,
        "isUpdating": "True" if is_updating else "False",
        "data": rows,
    }


def answered_well(answer: object) -> tuple[bool, str]:
    """Read a reply of a portal: whether it took what it was sent, and the code that it gave (never its text)."""
    code = answer.get("error_code") if isinstance(answer, Mapping) else None
    if isinstance(code, bool) or not isinstance(code, (str, int)):
        return False, "portal.no_error_code"
    said = str(code).strip()
    if said in {"0", "00"}:
        return True, said
    plain = "".join(sign for sign in said if sign.isascii() and (sign.isalnum() or sign in "._-"))
    return False, f"portal.answered.{plain[:32] or 'odd'}"


def as_json(row: Struct) -> bytes:
    """Write a row without spaces, fields in their order."""
    return msgspec.json.encode(row)
