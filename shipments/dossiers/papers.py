"""The papers of a dossier: originals owed, what was counted at each handover, old papers wanted back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, NotFound, Unprocessable
from postal.identity.rules import Actor, Role
from postal.ledger import service as ledger
from postal.ledger.repository import find_rows, lock_codes, rows_of
from postal.ledger.rules import Row, Stream
from shipments.custody.projection import history
from shipments.custody.rules import Step
from shipments.dossiers import closing, projection, repository
from shipments.dossiers.rules import Dossier, Line, Whereabouts, refuse_closing
from shipments.dossiers.rules.papers import (
    CORRECTED,
    RECEIVED,
    RETURNED,
    WAIVED,
    WANTED,
    OldPaper,
    Papers,
    Scanned,
    counts_of,
    old_papers_of,
    originals_of,
    stated_lines,
    statements_of,
)
from shipments.pieces.rules import result_code

NOT_COUNTING = frozenset({"voided", "disputed"})


class OldPapers(Struct, frozen=True, kw_only=True):
    """Old papers of one kind, by a code and never by a person's number."""

    kind: str
    count: int = 1


class _Known(Struct, frozen=True):
    """What the ledger says of a dossier's papers."""

    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    scans: tuple[Scanned, ...]
    dossier: Whereabouts
    result: Whereabouts


async def papers_of(dossier: str) -> Papers:
    """Give the papers of a dossier as they stand; what a caller may see of it is not asked here."""
    known = await _known(dossier)
    return Papers(
        dossier=dossier,
        originals=originals_of(known.lines, known.dossier, known.result, stated_lines(known.rows)),
        counts=counts_of(dossier, known.lines, known.scans),
        old_papers=old_papers_of(known.rows, known.scans),
        statements=statements_of(known.rows),
    )


async def read(code: str, actor: Actor) -> Papers:
    """Give the papers of a dossier that the actor may see."""
    return await papers_of((await repository.get(code, actor)).code)


async def refuse_open_papers(dossier: Dossier) -> None:
    """Raise while a case may not close for its papers: an original owed, its result on the way, old papers wanted."""
    known = await _known(dossier.code)
    wanted = [paper.kind for paper in old_papers_of(known.rows, known.scans) if paper.open]
    refuse_closing(
        dossier.status,
        known.lines,
        known.dossier,
        known.result,
        stated=stated_lines(known.rows),
        wanted=wanted,
    )


async def state_returned(code: str, lines: Sequence[int], *, actor: Actor, now: datetime) -> Papers:
    """State which originals the citizen got, where the delivery counted fewer than all; never more than it counted."""
    async with unit_of_work():
        await lock_codes([code, result_code(code)])
        dossier = await repository.get(code, actor)
        known = await _known(dossier.code)
        due = {line.number: line for line in known.lines if line.must_return}
        for index, number in enumerate(lines):
            if number not in due:
                raise Unprocessable(
                    "papers.not_to_return",
                    vi=f"Dòng {number} không phải bản chính phải trả lại.",
                    en=f"Line {number} is no original that must come back.",
                    pointer=f"/lines/{index}",
                )
        _refuse_uncounted(known, [due[number] for number in {*lines, *stated_lines(known.rows)} & due.keys()])
        delivery = next((scan for scan in reversed(known.scans) if scan.kind == "deliver"), None)
        if delivery is None:
            raise Conflict(
                "papers.not_delivered",
                vi="Hồ sơ, kết quả chưa được phát cho người dân.",
                en="Nothing was delivered to the citizen yet.",
            )
        if not {delivery.organisation, dossier.desk, dossier.authority} & actor.sees:
            raise Forbidden(
                "papers.not_deliverer",
                vi="Chỉ đơn vị đã phát hoặc cơ quan của hồ sơ được ghi việc này.",
                en="Only who delivered, or the agency of the dossier, may state this.",
            )
        await _record(RETURNED, dossier, {"lines": sorted(set(lines))}, actor, now)
        return await papers_of(dossier.code)


async def want_back(code: str, papers: Sequence[OldPapers], *, actor: Actor, now: datetime) -> Papers:
    """State which old papers must be taken back when the result is delivered; the agency of the dossier does."""
    async with unit_of_work():
        dossier = await _of_agency(code, actor)
        await _record(WANTED, dossier, {"papers": _plain(papers)}, actor, now)
        return await papers_of(dossier.code)


async def receive_back(code: str, papers: Sequence[OldPapers], *, actor: Actor, now: datetime) -> Papers:
    """State which old papers reached the agency; more than were wanted is a slip and refused."""
    async with unit_of_work():
        dossier = await _of_agency(code, actor)
        standing = {paper.kind: paper for paper in (await papers_of(dossier.code)).old_papers}
        for index, paper in enumerate(papers):
            known = _wanted(standing, paper.kind, f"/papers/{index}/kind")
            if known.returned + sum(each.count for each in papers if each.kind == paper.kind) > known.wanted:
                raise Conflict(
                    "papers.more_than_wanted",
                    vi="Nhiều hơn số giấy tờ cũ cần thu hồi.",
                    en="More than the old papers that are wanted back.",
                    pointer=f"/papers/{index}/count",
                )
        await _record(RECEIVED, dossier, {"papers": _plain(papers)}, actor, now)
        return await papers_of(dossier.code)


async def waive(code: str, kind: str, reason: str, *, actor: Actor, now: datetime) -> Papers:
    """Let old papers go: the head of the agency does, with a reason."""
    async with unit_of_work():
        dossier = await _of_agency(code, actor)
        if Role.AGENCY_HEAD not in actor.roles:
            raise Forbidden(
                "case.override_needs_head",
                vi="Chỉ lãnh đạo cơ quan được cho phép ngoại lệ",
                en="Only the head of the agency may override",
            )
        standing = {paper.kind: paper for paper in (await papers_of(dossier.code)).old_papers}
        _wanted(standing, kind, "/kind")
        await _record(WAIVED, dossier, {"kind": kind, "reason": reason}, actor, now)
        return await papers_of(dossier.code)


async def correct(code: str, row: UUID, reason: str, *, actor: Actor, now: datetime) -> Papers:
    """Take back what was stated by mistake, while the case is open; the organisation that stated it does."""
    async with unit_of_work():
        await lock_codes([code, result_code(code)])
        dossier = await repository.get(code, actor)
        stated = next((one for one in (await papers_of(dossier.code)).statements if one.row == row), None)
        if stated is None:
            raise NotFound(
                "papers.statement_unknown",
                vi="Không tìm thấy dòng ghi nhận giấy tờ này.",
                en="There is no such statement about papers.",
            )
        if stated.organisation not in actor.sees:
            raise Forbidden(
                "papers.not_stated_by_you",
                vi="Chỉ đơn vị đã ghi nhận được đính chính.",
                en="Only the organisation that stated it may take it back.",
            )
        if stated.corrected_by is not None:
            raise Conflict(
                "papers.corrected_already",
                vi="Dòng này đã được đính chính.",
                en="It was taken back already.",
                by=str(stated.corrected_by),
            )
        if dossier.closed_at is not None:
            raise Conflict(
                "papers.case_closed",
                vi="Hồ sơ đã kết thúc; không thể đính chính giấy tờ.",
                en="The case is closed; its papers cannot be corrected any more.",
            )
        body = {"corrects": str(row), "reason": reason}
        await _record(CORRECTED, dossier, body, actor, now, organisation=stated.organisation)
        return await papers_of(dossier.code)


async def _known(dossier: str) -> _Known:
    codes = (dossier, result_code(dossier))
    sets = await rows_of(codes)
    own = (row for code in codes for row in projection.undisputed(sets[code]) if row.content.code == code)
    return _Known(
        await repository.list_lines(dossier),
        tuple(own),
        await _scans(dossier),
        *await closing.whereabouts(dossier),
    )


async def _scans(dossier: str) -> tuple[Scanned, ...]:
    """Give the scans of the dossier and its result that count, with those of what they were in, each once."""
    steps: dict[UUID, Step] = {}
    for code in (dossier, result_code(dossier)):
        custody = await history(code)
        for step in custody.steps if custody else ():
            if not NOT_COUNTING & set(step.flags):
                steps.setdefault(step.row, step)
    rows = await find_rows(steps)
    found = [
        Scanned(
            row=id_,
            code=row.content.code,
            kind=row.content.kind,
            at=steps[id_].at,
            organisation=row.content.organisation,
            body=row.content.body,
        )
        for id_, (row, _) in rows.items()
    ]
    return tuple(sorted(found, key=lambda scan: (scan.at, scan.row)))


async def _of_agency(code: str, actor: Actor) -> Dossier:
    await lock_codes([code, result_code(code)])
    dossier = await repository.get(code, actor)
    if not {dossier.desk, dossier.authority, dossier.unit} & actor.sees:
        raise Forbidden(
            "case.other_agency",
            vi="Chỉ cơ quan của hồ sơ được ghi sự kiện",
            en="Only the agency of a dossier may state its events",
        )
    return dossier


def _refuse_uncounted(known: _Known, stated: Sequence[Line]) -> None:
    counted = known.result.originals
    if counted is not None and sum(line.copies for line in stated) > counted:
        raise Conflict(
            "papers.more_than_counted",
            vi=f"Khi phát chỉ đếm {counted} bản chính.",
            en=f"The delivery counted {counted} originals only.",
            pointer="/lines",
            counted=counted,
        )


def _wanted(standing: dict[str, OldPaper], kind: str, pointer: str) -> OldPaper:
    if kind not in standing:
        raise Unprocessable(
            "papers.not_wanted",
            vi="Giấy tờ này không thuộc diện thu hồi.",
            en="This paper is not wanted back.",
            pointer=pointer,
        )
    return standing[kind]


def _plain(papers: Sequence[OldPapers]) -> list[dict[str, Any]]:
    return [{"kind": paper.kind, "count": paper.count} for paper in papers]


async def _record(
    kind: str,
    dossier: Dossier,
    body: dict[str, Any],
    actor: Actor,
    now: datetime,
    *,
    organisation: str | None = None,
) -> None:
    row = ledger.authored(
        stream=Stream.RECORD,
        kind=kind,
        code=dossier.code,
        occurred_at=now,
        now=now,
        actor_organisation=organisation or actor.organisation,
        person=actor.person,
        body=body,
    )
    await ledger.record([row])
