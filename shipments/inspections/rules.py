"""Inspections of a sample: drawn so that anybody can draw it again, and what it says of the whole. Pure."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from postal.errors import Conflict, Unprocessable
from postal.instants import Instant
from postal.ledger.rules import Row
from postal.proportions import interval

DRAWN = "inspection.drawn"
FOUND = "inspection.found"
CLOSED = "inspection.closed"
KINDS = frozenset({DRAWN, FOUND, CLOSED})

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LONGEST_PERIOD = 400
FROM_LOG = "log-"
"""How a seed begins that was taken from the signed log; nobody may state one like it."""

_CODE = re.compile(r"KT-[0-9]{6}-[A-HJ-NP-Z2-9]{6}")


class Check(StrEnum):
    """What of the ledger is compared with the papers."""

    PAPERS = "papers"
    RECEIVED = "received"
    DUE = "due"
    HANDOVER = "handover"
    RESULT = "result"
    MONEY = "money"


class Finding(Struct, frozen=True, kw_only=True):
    """One dossier compared: what agrees and what differs; what does not apply is absent."""

    row_id: UUID
    inspection: str
    dossier: str
    at: Instant
    person: str | None
    checks: dict[str, bool]
    agrees: bool
    remarked: bool


class Inspection(Struct, frozen=True, kw_only=True):
    """One inspection. `population` dossiers of a period, in the order of their codes, hash to `digest`."""

    code: str
    organisation: str
    inspector: str
    period_from: date
    period_to: date
    seed: str
    population: int
    digest: str
    sample: tuple[str, ...]
    drawn_at: Instant
    drawn_by: str | None
    examined: int = 0
    agreeing: int = 0
    closed_at: Instant | None = None
    conclusion: str | None = None


class Result(Struct, frozen=True, kw_only=True):
    """What the sample says of all dossiers: the share that agrees, in per cent, with its 95 % interval."""

    examined: int
    agreeing: int
    left: int
    percent: float | None
    low: float | None
    high: float | None


class Repeated(Struct, frozen=True, kw_only=True):
    """The draw done again with what stands in the ledger now."""

    population: int
    digest: str
    sample: tuple[str, ...]
    same_population: bool
    same_sample: bool


def is_inspection(code: str) -> bool:
    """Tell by its form whether a code names an inspection."""
    return _CODE.fullmatch(code) is not None


def new_code(day: date, choose: Callable[[str], str]) -> str:
    """Make a code; `choose` picks a letter at random."""
    return f"KT-{day:%y%m%d}-" + "".join(choose(ALPHABET) for _ in range(6))


def digest_of(population: Iterable[str]) -> str:
    """Hash a population: its codes in the order of their letters, each on a line."""
    return hashlib.sha256("".join(f"{code}\n" for code in sorted(population)).encode()).hexdigest()


def refuse_like_log(seed: str | None) -> None:
    """Raise where a stated seed looks like one that was taken from the log."""
    if seed is not None and seed.startswith(FROM_LOG):
        raise Unprocessable(
            "inspection.seed",
            vi=f"Hạt giống tự nêu không được bắt đầu bằng {FROM_LOG}; để trống để lấy từ sổ cái đã ký",
            en=f"A seed of your own may not begin with {FROM_LOG}; leave it out to have it from the signed log",
            pointer="/seed",
        )


def seed_of(organisation: str, checkpoint: tuple[int, bytes]) -> str:
    """Make a seed of size and root of a checkpoint of the log, and of whose dossiers are drawn.

    Nobody knew the root before the period was over, and whoever kept the checkpoint can repeat the seed; so there is
    nothing to try until a sample suits.
    """
    size, root = checkpoint
    mixed = hashlib.sha256(f"{root.hex()}\n{organisation}".encode()).hexdigest()[:24]
    return f"{FROM_LOG}{size}-{mixed}"


def draw(population: Iterable[str], seed: str, size: int) -> tuple[str, ...]:
    """Draw without replacement: the dossiers whose SHA-256 of `seed`, a line feed and the code are least.

    No generator is needed to repeat it, and a dossier that is added elsewhere changes at most one place of the sample.
    """
    ranked = sorted(set(population), key=lambda code: (_rank(seed, code), code))
    return tuple(sorted(ranked[:size]))


def refuse_period(begin: date, end: date, today: date) -> None:
    """Raise for a period that is empty, too long or lies in the future."""
    if begin >= end or (end - begin).days > LONGEST_PERIOD or begin > today:
        raise Unprocessable(
            "inspection.period",
            vi=f"Kỳ kiểm tra phải có ngày đầu trước ngày cuối, không ở tương lai, dài nhất {LONGEST_PERIOD} ngày",
            en=f"A period begins before it ends, not in the future, and has at most {LONGEST_PERIOD} days",
            pointer="/from",
        )


def refuse_empty(population: Sequence[str]) -> None:
    """Raise where there is nothing to draw from."""
    if not population:
        raise Unprocessable(
            "inspection.nothing",
            vi="Đơn vị không có hồ sơ nào trong kỳ này để lấy mẫu",
            en="The organisation has no dossiers of this period to draw from",
        )


def refuse_closed(inspection: Inspection) -> None:
    """Raise when an inspection has ended."""
    if inspection.closed_at is not None:
        raise Conflict(
            "inspection.closed",
            vi="Cuộc kiểm tra đã kết thúc, không ghi thêm được",
            en="The inspection has ended; nothing can be added",
        )


def refuse_finding(inspection: Inspection, findings: Iterable[Finding], dossier: str) -> None:
    """Raise for a dossier that was not drawn, or was compared already."""
    if dossier not in inspection.sample:
        raise Unprocessable(
            "inspection.not_drawn",
            vi="Hồ sơ này không có trong mẫu đã rút",
            en="This dossier was not drawn",
            pointer="/dossier",
        )
    if any(finding.dossier == dossier for finding in findings):
        raise Conflict(
            "inspection.found_already",
            vi="Hồ sơ này đã có kết quả đối chiếu; kết quả đã ghi không sửa được",
            en="This dossier was compared already; what was recorded stands",
        )


def refuse_closing(inspection: Inspection) -> None:
    """Raise while dossiers of the sample have not been compared."""
    left = len(inspection.sample) - inspection.examined
    if left:
        raise Conflict(
            "inspection.not_done",
            vi=f"Còn {left} hồ sơ trong mẫu chưa đối chiếu",
            en=f"{left} dossiers of the sample have not been compared",
            left=left,
        )


def result_of(inspection: Inspection) -> Result:
    """Say what the sample says of the whole."""
    bounds = interval(inspection.agreeing, inspection.examined)
    return Result(
        examined=inspection.examined,
        agreeing=inspection.agreeing,
        left=len(inspection.sample) - inspection.examined,
        percent=_percent(inspection.agreeing / inspection.examined) if inspection.examined else None,
        low=_percent(bounds[0]) if bounds else None,
        high=_percent(bounds[1]) if bounds else None,
    )


def repeat(inspection: Inspection, population: Sequence[str]) -> Repeated:
    """Draw again from a population and say whether it comes out the same."""
    digest = digest_of(population)
    sample = draw(population, inspection.seed, len(inspection.sample))
    return Repeated(
        population=len(population),
        digest=digest,
        sample=sample,
        same_population=digest == inspection.digest,
        same_sample=sample == inspection.sample,
    )


def fold_inspection(code: str, rows: Iterable[Row]) -> tuple[Inspection, list[Finding]] | None:
    """Fold one inspection from the set of its records; of two findings for a dossier the first one stands."""
    ordered = sorted(
        (row for row in rows if row.content.code == code and row.content.kind in KINDS),
        key=lambda row: (row.content.kind != DRAWN, row.corrected_at, row.content.id),
    )
    if not ordered or ordered[0].content.kind != DRAWN:
        return None
    inspection = _drawn(code, ordered[0])
    findings: dict[str, Finding] = {}
    for row in ordered[1:]:
        if inspection.closed_at is not None or row.content.kind == DRAWN:
            continue
        if row.content.kind == CLOSED:
            inspection = replace(
                inspection, closed_at=row.corrected_at, conclusion=row.content.body["conclusion"]
            )
        elif row.content.body["dossier"] in inspection.sample:
            findings.setdefault(row.content.body["dossier"], _finding(code, row))
    counted = list(findings.values())
    agreeing = sum(finding.agrees for finding in counted)
    return replace(inspection, examined=len(counted), agreeing=agreeing), counted


def _drawn(code: str, row: Row) -> Inspection:
    body: dict[str, Any] = row.content.body
    return Inspection(
        code=code,
        organisation=body["organisation"],
        inspector=row.content.organisation or "",
        period_from=date.fromisoformat(body["from"]),
        period_to=date.fromisoformat(body["to"]),
        seed=body["seed"],
        population=body["population"],
        digest=body["digest"],
        sample=tuple(body["sample"]),
        drawn_at=row.corrected_at,
        drawn_by=row.content.person,
    )


def _finding(code: str, row: Row) -> Finding:
    body = row.content.body
    checks = {str(name): bool(value) for name, value in body["checks"].items()}
    return Finding(
        row_id=row.content.id,
        inspection=code,
        dossier=body["dossier"],
        at=row.corrected_at,
        person=row.content.person,
        checks=checks,
        agrees=all(checks.values()),
        remarked="remark" in body,
    )


def _rank(seed: str, code: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{code}".encode()).digest()


def _percent(share: float) -> float:
    return round(share * 100, 2)
