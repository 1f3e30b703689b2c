"""A reference receiver of the portal's fields: a real HTTP server that checks strictly and remembers the last state.

It stands for the national portal, which nobody can reach from here; `python -m tests.onestop.receiver PORT` runs it.
On request it loses calls, loses answers, takes a call twice, takes a copy late, and says 200 with an error in its body.
"""

import asyncio
import random
import re
import sys
from collections import Counter
from contextlib import asynccontextmanager

import msgspec
from msgspec import Struct

FIELDS = {
    "DongBoHoSoMC": (
        "MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "SoBienNhan", "KenhThucHien", "ChuHoSo",
        "LoaiDoiTuong", "MaDoiTuong", "LoaiDinhDanh", "SoDinhDanh", "ThongTinKhac", "Email", "Fax", "SoDienThoai",
        "TrichYeuHoSo", "NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo", "NgayTra", "ThongTinTra",
        "HinhThuc", "NgayKetThucXuLy", "NgayTuChoi", "NgayYeuCauBoSung", "NgayCongDanBoSung", "DonViXuLy", "GhiChu",
        "NoiNopHoSo", "HoSoCoThanhPhanSoHoa", "TaiKhoanDuocXacThucVoiVNeID", "DuocThanhToanTrucTuyen", "TaiLieuNop",
        "DanhSachLePhi", "DanhSachTepDinhKemKhac", "DanhSachHoSoBoSung", "DanhSachGiayToKetQua",
    ),
    "CapNhatTienDoHoSoMC": (
        "MaHoSo", "NguoiXuLy", "ChucDanh", "ThoiDiemXuLy", "PhongBanXuLy", "NoiDungXuLy", "TrangThai", "NgayBatDau",
        "NgayKetThucTheoQuyDinh",
    ),
}  # fmt: skip
ENVELOPE = ["session", "madonvi", "service", "isUpdating", "data"]
INSTANT = re.compile(r"(\d{14})?")
STATES = {str(number) for number in range(1, 11)}


def fault_of(service: str, row: object) -> str | None:
    """Say what is wrong with a row; None where nothing is."""
    if not isinstance(row, dict) or tuple(row) != FIELDS[service]:
        return "fields"
    for name, value in row.items():
        if name.startswith(("DanhSach", "TaiLieuNop")):
            if not isinstance(value, list):
                return name
        elif not isinstance(value, str) or (
            name.startswith(("Ngay", "ThoiDiem")) and not INSTANT.fullmatch(value)
        ):
            return name
    if not row["MaHoSo"]:
        return "MaHoSo"
    if row.get("TrangThaiHoSo", row.get("TrangThai")) not in STATES:
        return "TrangThai"
    if row.get("KenhThucHien", "") not in {"", "1", "2", "3"} or row.get("HinhThuc", "0") not in {"0", "1"}:
        return "KenhThucHien"
    return None


class Chances(Struct, frozen=True):
    """How often what goes wrong goes wrong."""

    lost: float = 0.0
    unanswered: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    refused: float = 0.0


class Books:
    """What was told: the last state of each dossier and everything that happened to it. An id counts once."""

    def __init__(self) -> None:
        self.dossiers, self.progress, self.faults = {}, {}, []
        self.seen: set[str] = set()
        self.new = []

    def take(self, message_id: str, message: object) -> dict:
        """Take one call, and answer it in the portal's way."""
        if not isinstance(message, dict) or list(message) != ENVELOPE or message["service"] not in FIELDS:
            self.faults.append("envelope")
            return {"error_code": "01", "message": "envelope"}
        if message["isUpdating"] not in {"True", "False"}:
            self.faults.append("isUpdating")
        wrong = [fault for row in message["data"] if (fault := fault_of(message["service"], row))]
        if wrong:
            self.faults += wrong
            return {"error_code": "02", "message": wrong[0]}
        if message_id not in self.seen:
            self.seen.add(message_id)
            for row in message["data"]:
                self.keep(message["service"], row)
        return {"error_code": "0", "message": ""}

    def keep(self, service: str, row: dict) -> None:
        """Keep a row."""
        if service == "DongBoHoSoMC":
            if row["MaHoSo"] not in self.dossiers:
                self.new.append(row["MaHoSo"])
            self.dossiers[row["MaHoSo"]] = row
        else:
            said = (row["ThoiDiemXuLy"], row["NoiDungXuLy"])
            self.progress.setdefault(row["MaHoSo"], set()).add(said)


class Receiver:
    """The server: one connection after the other asks, and what goes wrong goes wrong by chance."""

    def __init__(self, books: Books, chances: Chances, seed: int = 1) -> None:
        self.books, self.chances, self.calls = books, chances, 0
        self.random = random.Random(seed)
        self.copies, self.writers = [], set()
        self.odd: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer calls on a connection until it ends or one is lost."""
        self.writers.add(writer)
        try:
            while await self._call(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = {
            name.lower(): value
            for line in head.split("\r\n")[1:]
            if ": " in line
            for name, value in [line.split(": ", 1)]
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.calls += 1
        answer = self._taken(headers.get("webhook-id", ""), body)
        if answer is None:
            return False
        written = msgspec.json.encode(answer)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            + f"Content-Length: {len(written)}\r\n\r\n".encode()
            + written
        )
        await writer.drain()
        return True

    def _taken(self, message_id: str, body: bytes) -> dict | None:
        chances, drawn = self.chances, self.random.random()
        if drawn < chances.lost:
            self.odd["lost"] += 1
            if self.random.random() < chances.late * 10:
                self.copies.append((message_id, body))
            return None
        if drawn > 1 - chances.refused:
            self.odd["refused"] += 1
            return {"error_code": "99", "message": "Hệ thống bận: Nguyễn Thị Hằng"}
        answer = self.books.take(message_id, msgspec.json.decode(body))
        if self.random.random() < chances.doubled:
            self.odd["doubled"] += 1
            self.books.take(message_id, msgspec.json.decode(body))
        if self.copies and self.random.random() < 0.5:
            self.odd["late"] += 1
            self.books.take(self.copies[0][0], msgspec.json.decode(self.copies.pop(0)[1]))
        if self.random.random() < chances.unanswered:
            self.odd["unanswered"] += 1
            return None
        return answer


@asynccontextmanager
async def receiving(books: Books, chances: Chances | None = None, port: int = 0, seed: int = 1):
    """Serve on the loopback; gives the receiver, which knows its `origin`."""
    made = Receiver(books, chances or Chances(), seed)
    server = await asyncio.start_server(made.serve, "127.0.0.1", port)
    made.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        for writer in list(made.writers):
            writer.close()
        server.close()


async def _alone(port: int) -> None:
    async with receiving(Books(), port=port) as made:
        print(f"Máy thu đối chứng tại {made.origin} / reference receiver", flush=True)  # noqa: T201 - a program
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_alone(int(sys.argv[1]) if len(sys.argv) > 1 else 8099))
