"""A reference one-stop system: it keeps its own books, and speaks nothing but the portal's fields, both ways.

It registers dossiers with us, learns of those that the post registers, works on all of them, and sends each step as a
row of CapNhatTienDoHoSoMC. What it sends is lost, sent twice and shuffled on the way; it sends until it was taken.
"""

import random
from datetime import UTC, datetime, timedelta, timezone

import msgspec

from tests.onestop.receiver import Books

VIETNAM = timezone(timedelta(hours=7))
HISTORIES = (
    ("2", "4", "9"), ("2", "4", "9"), ("2", "5", "4", "9"), ("2", "4", "6", "4", "9"), ("3",), ("2", "7"), ("2", "8"),
    ("2", "4", "7"), ("2", "4"),
)  # fmt: skip
OWN = {
    "2": ("NgayTiepNhan",), "3": ("NgayTuChoi",), "5": ("NgayYeuCauBoSung",), "8": ("NgayKetThucXuLy",),
    "9": ("NgayKetThucXuLy",),
}  # fmt: skip
SAID = {"54": "Đã bổ sung đủ hồ sơ", "64": "Đã thực hiện nghĩa vụ tài chính"}
"""What a step answers, where its state alone does not tell; a row that overtook what it answers waits for it."""

COMPARED = (
    "MaHoSo", "MaTTHC", "KenhThucHien", "HinhThuc", "ChuHoSo", "SoDienThoai", "NgayNopHoSo", "NgayTiepNhan",
    "NgayHenTra", "TrangThaiHoSo", "NgayTra", "NgayKetThucXuLy", "NgayTuChoi", "NgayYeuCauBoSung",
    "NgayCongDanBoSung",
)  # fmt: skip
EMPTY = dict.fromkeys(COMPARED, "")


def written(at: datetime) -> str:
    """Write an instant as the portal does."""
    return at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")


class OneStop(Books):
    """The agency's own system: its books, and what it has to say."""

    def __init__(self, procedure: str, begun: datetime, seed: int = 1) -> None:
        super().__init__()
        self.procedure, self.begun = procedure, begun
        self.random = random.Random(seed)
        self.records: dict[str, dict[str, str]] = {}
        self.waiting: list[tuple[str, dict]] = []
        self.sent = self.again = 0

    def open(self, code: str) -> None:
        """Register a dossier of its own."""
        row = EMPTY | {
            "MaHoSo": code, "MaTTHC": self.procedure, "KenhThucHien": "3", "HinhThuc": "1",
            "ChuHoSo": f"Nguyễn Văn {len(self.records)}", "SoDienThoai": f"09{len(self.records):08d}",
            "NgayNopHoSo": written(self.begun + timedelta(minutes=len(self.records) % 1_000)), "TrangThaiHoSo": "1",
        }  # fmt: skip
        self.records[code] = row
        self.waiting.append(("DongBoHoSoMC", dict(row)))
        self.work(code)

    def keep(self, service: str, row: dict) -> None:
        """Learn of a dossier that the post registered, or that a result was brought home."""
        super().keep(service, row)
        if service != "DongBoHoSoMC":
            return
        code = row["MaHoSo"]
        if code not in self.records:
            self.records[code] = {name: row[name] for name in COMPARED}
            self.work(code)
        elif row["TrangThaiHoSo"] == "10":
            self.records[code] |= {"TrangThaiHoSo": "10", "NgayTra": row["NgayTra"]}

    def work(self, code: str) -> None:
        """Work on a dossier to its end, and have each step to say."""
        record = self.records[code]
        at = datetime.strptime(record["NgayNopHoSo"], "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM).astimezone(UTC)
        before = record["TrangThaiHoSo"]
        for state in self.random.choice(HISTORIES):
            at += timedelta(seconds=self.random.randrange(3_600, 40_000))
            row = {
                "MaHoSo": code,
                "TrangThai": state,
                "ThoiDiemXuLy": written(at),
                "NoiDungXuLy": SAID.get(before + state, "Cán bộ xử lý"),
            }
            if state == "2":
                record["NgayHenTra"] = row["NgayKetThucTheoQuyDinh"] = written(at + timedelta(days=9))
            for field in OWN.get(state, ()):
                record[field] = row["ThoiDiemXuLy"]
            if (before, state) == ("5", "4"):
                record["NgayCongDanBoSung"] = row["ThoiDiemXuLy"]
            record["TrangThaiHoSo"] = before = state
            self.waiting.append(("CapNhatTienDoHoSoMC", row))

    async def say(self, post, *, loss: float, rows: int) -> None:
        """Send all that waits, shuffled, in messages of some rows; what was not taken waits on."""
        waiting, self.waiting = self.waiting, []
        # Rows overtake one another, but those of a dossier mostly come near each other, as on a real line.
        order = {id(row): number + self.random.uniform(0, 8) for number, (_, row) in enumerate(waiting)}
        for service in ("DongBoHoSoMC", "CapNhatTienDoHoSoMC"):
            of = sorted((row for kind, row in waiting if kind == service), key=lambda row: order[id(row)])
            for start in range(0, len(of), rows):
                await self._send(post, service, of[start : start + rows], loss)

    async def _send(self, post, service: str, rows: list[dict], loss: float) -> None:
        body = msgspec.json.encode(
            {"session": "", "madonvi": "H57", "service": service, "isUpdating": "False", "data": rows}
        )
        self.sent += 1
        if self.random.random() < loss:
            self.again += 1
            self.waiting += [(service, row) for row in rows]
            return
        answer = await post(body)
        if self.random.random() < loss:
            answer = await post(body)
        if self.random.random() < loss:
            self.again += 1
            self.waiting += [(service, row) for row in rows]
            return
        if answer["state"] == "waiting":
            return
        self.waiting += [
            (service, row)
            for row, said in zip(rows, answer["data"], strict=True)
            if said["error_code"] != "0"
        ]
