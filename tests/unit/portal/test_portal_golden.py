"""The portal's fields byte for byte: a golden file for each turn that a dossier takes, per service."""

import os
from pathlib import Path

import msgspec
import pytest

from integrations.portal.rules import (
    DOSSIERS,
    PROGRESS,
    PortalDossier,
    PortalProgress,
    dossier_fields,
    envelope,
    progress_fields,
)
from tests.factories.portal import CASES, CODE, HISTORIES, at

GOLDEN = Path(__file__).parent / "golden"
NAMES = {"MC-HUE": "Bộ phận Một cửa Huế", "H57.01.02": "Phòng Quản lý xây dựng"}


def compared(name: str, body: dict) -> None:
    written = msgspec.json.format(msgspec.json.encode(body), indent=1) + b"\n"
    path = GOLDEN / f"{name}.json"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_bytes(written)
    assert path.read_bytes() == written


@pytest.mark.parametrize("name", CASES)
def test_a_dossier_is_written_as_its_golden_file_says(name):
    row = dossier_fields(CASES[name])
    compared(f"dossier-{name}", envelope(DOSSIERS, (row,), session="", madonvi="G09.20", is_updating=False))


@pytest.mark.parametrize("name", HISTORIES)
def test_progress_is_written_as_its_golden_file_says(name):
    delivered = at("2026-11-28T09:12:34") if name == "completed-by-post" else None
    rows = progress_fields(CODE, HISTORIES[name], names=NAMES, delivered_at=delivered)
    compared(f"progress-{name}", envelope(PROGRESS, rows, session="", madonvi="G09.20", is_updating=True))


def test_the_fields_are_those_that_were_found_in_their_order_and_spelling():
    found = """MaHoSo MaTTHC TenTTHC MaLinhVuc TenLinhVuc SoBienNhan KenhThucHien ChuHoSo LoaiDoiTuong MaDoiTuong
        LoaiDinhDanh SoDinhDanh ThongTinKhac Email Fax SoDienThoai TrichYeuHoSo NgayNopHoSo NgayTiepNhan NgayHenTra
        TrangThaiHoSo NgayTra ThongTinTra HinhThuc NgayKetThucXuLy NgayTuChoi NgayYeuCauBoSung NgayCongDanBoSung
        DonViXuLy GhiChu NoiNopHoSo HoSoCoThanhPhanSoHoa TaiKhoanDuocXacThucVoiVNeID DuocThanhToanTrucTuyen TaiLieuNop
        DanhSachLePhi DanhSachTepDinhKemKhac DanhSachHoSoBoSung DanhSachGiayToKetQua"""
    assert list(PortalDossier.__struct_encode_fields__) == found.split()
    progress = """MaHoSo NguoiXuLy ChucDanh ThoiDiemXuLy PhongBanXuLy NoiDungXuLy TrangThai NgayBatDau
        NgayKetThucTheoQuyDinh"""
    assert list(PortalProgress.__struct_encode_fields__) == progress.split()
    lists = {
        "TaiLieuNop": "TepDinhKemId TenTepDinhKem IsDeleted MaThanhPhanHoSo DuongDanTaiTepTin DuocSoHoa "
        "DuocLayTuKhoDMQG",
        "DanhSachLePhi": "TenPhiLePhi MaPhiLePhi HinhThucThu Gia LoaiPhiLePhi",
        "DanhSachHoSoBoSung": "HoSoBoSungId NguoiYeuCauBoSung NoiDungBoSung NgayBoSung NguoiTiepNhanBoSung "
        "ThongTinTiepNhan NgayTiepNhanBoSung TrangThaiBoSung DanhSachGiayToBoSung DanhSachLePhiBoSung "
        "NgayHenTraTruoc NgayHenTraMoi",
        "DanhSachGiayToKetQua": "TenGiayTo MaThanhPhanHoSo GiayToId DuongDanTepTinKetQua MaKetQua",
    }
    for name, fields in lists.items():
        attribute = dict(
            zip(PortalDossier.__struct_encode_fields__, PortalDossier.__struct_fields__, strict=True)
        )[name]
        kind = next(
            field.type.item_types[0] if hasattr(field.type, "item_types") else field.type.item_type
            for field in msgspec.inspect.type_info(PortalDossier).fields
            if field.name == attribute
        )
        assert [field.encode_name for field in kind.fields] == fields.split()
