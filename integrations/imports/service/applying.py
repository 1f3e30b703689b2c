"""Judging the rows of a file in batches, each a unit of work: written, or in a dry run taken back."""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic

import msgspec
import structlog
from msgspec.structs import replace

from integrations.imports import repository
from integrations.imports.repository import KeptError, KeptRow, Tally
from integrations.imports.rules import Job, Kind, Mapped, Mapper, RawRow, RowError, State, profile_from
from integrations.imports.service.reading import cells_of, located_of
from integrations.imports.service.setup import opened_key
from postal.config import held
from postal.errors import PostalError, Unavailable
from postal.identity.rules import Actor, Role
from shipments.dossiers import batches
from shipments.dossiers.batches import Took
from shipments.dossiers.rules import Registering
from shipments.dossiers.service import Statement

WORST = {"refused": 3, "differs": 2, "new": 1, "unchanged": 0}
FEWEST, MOST = 10, 400
AIM_S = 1.0
"""How long a batch should take: a message may run for 4 s, and nothing else reads the feed meanwhile."""

log = structlog.get_logger("integrations.imports")


class Pace:
    """How many rows are judged at once, learnt from how long the last ones took."""

    def __init__(self) -> None:
        self.rows = 40
        self._begun = 0.0

    def begin(self) -> int:
        """Say how many come next; should they never end, fewer come after them."""
        self._begun, rows = monotonic(), self.rows
        self.rows = max(FEWEST, rows // 4)
        return rows

    def end(self, rows: int) -> None:
        """Learn from a batch that ended."""
        took = max(monotonic() - self._begun, 0.001)
        self.rows = max(FEWEST, min(MOST, int(rows * AIM_S / took), 4 * max(rows, FEWEST)))


PACE = Pace()


async def apply_on(job: Job, now: datetime) -> None:
    """Judge the next rows, all about one thing together; without any left the import is done."""
    wanted = PACE.begin()
    rows = await repository.next_rows(job, wanted)
    if len(rows) == wanted:
        # The last thing's rows may go on beyond these; they are judged with the rest of theirs.
        rows = [row for row in rows if row.subject != rows[-1].subject] or rows
    if not rows:
        PACE.end(MOST)
        await repository.end(job.id, State.DONE, now)
        return
    key = opened_key(held(), job.id, job.wrapped)
    mapper = Mapper(profile_from(job.profile_body), located_of(job))
    mapped = [_mapped(mapper, row, cells_of(key, job.id, row.row, row.sealed)) for row in rows]
    judged = await _judged(job, mapped, now)
    sealed = {row.row: row.sealed for row in rows}
    errors = [
        KeptError(error=error, cells=sealed[each.row])
        for each, took in zip(mapped, judged, strict=True)
        if (error := _error(mapper, each, took)) is not None
    ]
    await repository.add_errors(job.id, errors)
    await repository.advance(job.id, rows[-1], _tally(judged))
    PACE.end(len(rows))


def _mapped(mapper: Mapper, row: KeptRow, cells: tuple[object, ...]) -> Mapped:
    found = mapper.map(RawRow(row.row, cells))  # type: ignore[arg-type]
    if isinstance(found, RowError):
        raise TypeError("a row that was understood is understood no more")
    return found


async def _judged(job: Job, mapped: Sequence[Mapped], now: datetime) -> list[Took]:
    """Judge rows together; where that breaks, each alone, so that a bad one takes no good one with it."""
    actor = msgspec.convert(job.actor, Actor)
    await repository.begin_trial()
    try:
        judged = await _taken(job.kind, mapped, actor, now)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one row's
        if len(mapped) == 1 and isinstance(error, PostalError):
            judged = [Took(state="refused", error=error)]
        elif len(mapped) == 1:
            # The type alone: an error's text, and what stood around it, may quote the row.
            log.warning(
                "row of an import broke", job=str(job.id), row=mapped[0].row, error=type(error).__qualname__
            )
            judged = [Took(state="refused", error=_unforeseen())]
        await repository.undo_trial()
        if len(mapped) > 1:
            return [took for each in mapped for took in await _judged(job, [each], now)]
    if job.dry_run:
        await repository.undo_trial()
    return judged


async def _taken(kind: Kind, mapped: Sequence[Mapped], actor: Actor, now: datetime) -> list[Took]:
    if kind is Kind.DOSSIERS:
        registerings = [
            _at_own_office(each.registering, actor) for each in mapped if each.registering is not None
        ]
        return await batches.register_within(registerings, actor=actor, now=now)
    stated = [
        (each.subject, Statement(kind=event.kind, at=event.at, id=event.id, body=event.body))
        for each in mapped
        for event in each.events
    ]
    taken = iter(await batches.state_within(stated, actor=actor, now=now))
    return [max((next(taken) for _ in each.events), key=lambda took: WORST[took.state]) for each in mapped]


def _at_own_office(registering: Registering, actor: Actor) -> Registering:
    """At a post office the caller's own is meant where none is named, as over the API."""
    if registering.office is None and actor.roles & {Role.CLERK, Role.POST_DESK}:
        return replace(registering, office=actor.organisation)
    return registering


def _tally(judged: Sequence[Took]) -> Tally:
    def count(state: str) -> int:
        return sum(took.state == state for took in judged)

    return Tally(
        done=len(judged),
        new=count("new"),
        unchanged=count("unchanged"),
        changed=count("differs"),
        refused=count("refused"),
    )


def _error(mapper: Mapper, row: Mapped, took: Took) -> RowError | None:
    if took.state == "refused" and took.error is not None:
        error = took.error
        heading = mapper.heading_of((error.pointer or "").removeprefix("/"))
        return RowError(row=row.row, code=error.code, vi=error.vi, en=error.en, heading=heading)
    if took.state == "differs":
        named = ", ".join(mapper.heading_of(name) or name for name in took.fields)
        return RowError(
            row=row.row,
            code="import.known_otherwise",
            vi=f"Đã có trong hệ thống với nội dung khác ở: {named}. Không ghi đè: nếu tệp đúng, hãy đính chính trên "
            "trang của hồ sơ; nếu không, bỏ dòng này.",
            en=f"Known already, with something else under: {named}. Nothing is overwritten: correct the dossier on its "
            "page if the file is right, else leave the row out.",
        )
    return None


def _unforeseen() -> PostalError:
    return PostalError(
        "import.row_failed",
        vi="Hệ thống không ghi được dòng này; hãy gửi lại riêng dòng này, nếu vẫn lỗi hãy báo quản trị viên.",
        en="This row could not be written; send it again by itself, and tell an operator if that fails too.",
    )
