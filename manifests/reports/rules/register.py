"""The register of dossiers (sổ theo dõi hồ sơ): one line a dossier, as the form has them."""

from collections.abc import Sequence

from msgspec import Struct

from manifests.documents.rules import words
from postal.instants import Instant

MODES = {
    "submit": "Nộp qua bưu chính, nhận tại Một cửa",
    "return": "Trả kết quả qua bưu chính",
    "both": "Nộp và nhận qua bưu chính",
}
STATUSES = {5: "Chờ bổ sung", 6: "Chờ nghĩa vụ tài chính", 7: "Công dân xin rút", 8: "Dừng xử lý"}
LONGEST_PRINT = 2_000
"""Lines of one print; a longer register is kept as a spreadsheet."""


class RegisterLine(Struct, frozen=True, kw_only=True):
    """One dossier. `owner` and `reach` are absent where this reader need not know the person."""

    code: str
    procedure: str
    procedure_name: str | None
    authority: str
    received_at: Instant
    due: Instant | None
    ended_at: Instant | None
    returned_at: Instant | None
    mode: str
    owner: str | None = None
    reach: str | None = None
    note: str = ""


def note_of(status: int, supplements: int, extensions: int) -> str:
    """Write what is out of the ordinary."""
    said = [STATUSES.get(status, "")]
    said.append(f"Bổ sung {supplements} lần" if supplements else "")
    said.append(f"Xin lỗi, hẹn lại {extensions} lần" if extensions else "")
    return "; ".join(part for part in said if part)


def printed_rows(lines: Sequence[RegisterLine], names: dict[str, str]) -> list[list[str | None]]:
    """Write the lines in the columns of the form; who takes a result signs by hand."""
    return [
        [
            str(number),
            line.code,
            line.procedure_name or line.procedure,
            "1",
            line.owner,
            line.reach,
            names.get(line.authority, line.authority),
            words.short_moment(line.received_at),
            words.short_moment(line.due) if line.due else None,
            words.short_moment(line.returned_at) if line.returned_at else None,
            MODES.get(line.mode, line.mode),
            None,
            line.note,
        ]
        for number, line in enumerate(lines, 1)
    ]
