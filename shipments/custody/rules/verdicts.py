"""The verdict on each scan of a batch, in words that fit a scanner's display (40 characters)."""

from msgspec import Struct

from postal.instants import Instant
from postal.ledger.rules import Row
from shipments.custody.rules.model import Instruction
from shipments.deliveries.rules import TooEarly

DISPLAY = 40


class Verdict(Struct, frozen=True):
    """A verdict: its stable code, its words, and for a repeated scan the first verdict."""

    verdict: str
    code: str
    vi: str
    en: str
    first: str | None = None


ACCEPTED = Verdict("accepted", "scan.accepted", "Đã nhận", "Recorded")
UNKNOWN = Verdict(
    "unknown", "scan.unknown_code", "Đã ghi, mã chưa đăng ký", "Recorded, code not registered yet"
)


def accepted(row: Row) -> Verdict:
    """Give the verdict on a row that is new to the ledger."""
    return UNKNOWN if row.verdict == "unknown" else ACCEPTED


def bound_elsewhere(instruction: Instruction, language: str) -> str:
    """Say on a display where a recalled or redirected piece must go."""
    words = {"recall": ("Rút lại: về", "Recalled: to"), "redirect": ("Đổi nơi nhận:", "Redirected: to")}
    said = words[instruction.kind][0 if language == "vi" else 1]
    return f"{said} {instruction.destination}"[:DISPLAY]


def already(status: str, first: Row) -> Verdict:
    """Give the verdict on an id that the ledger holds: the same content changes nothing, other content is disputed."""
    if status == "other":
        return Verdict(
            "disputed",
            "scan.disputed",
            "Trùng mã, khác nội dung; báo kiểm soát",
            "Same id, other content",
            first.verdict,
        )
    return Verdict("repeated", "scan.repeated", "Đã nhận trước đó", "Already recorded", first.verdict)


class ScanResult(Struct, frozen=True, kw_only=True):
    """The verdict on one scan. `first` is the first verdict of a repeated one; `message` fits a scanner's display.

    `notes` say the `flags` in words; `instruction` is where the piece must go instead, once its sender asked for that;
    `too_early` is from when on a return may be.
    """

    id: str | None
    verdict: str
    code: str
    message: str
    holder: str | None = None
    claims: list[str] | None = None
    flags: list[str] = []
    notes: list[str] = []
    instruction: Instruction | None = None
    too_early: TooEarly | None = None
    first: str | None = None
    pointer: str | None = None
    help: str | None = None
    candidates: list[str] = []


class BatchAnswer(Struct, frozen=True, kw_only=True):
    """What became of a sync: a verdict for each scan, in order, and the sequence numbers that never arrived."""

    received_at: Instant
    clock_skew_ms: int
    missing_seq: list[tuple[int, int]]
    results: list[ScanResult]
