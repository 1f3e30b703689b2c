"""Reading and publishing reports: frozen once published, recomputed beside it ever after."""

from datetime import datetime

import msgspec
from msgspec import Struct

from manifests.reports import repository
from manifests.reports.repository import LateRow, MovedDeadline, Published
from manifests.reports.rules import (
    PUBLISHED,
    Basis,
    Content,
    Difference,
    Kind,
    Report,
    differences,
    digest_of,
    may_publish,
    may_read,
    not_found,
    read_report,
    written,
)
from manifests.reports.service.computing import (
    compute,
    constants_of,
    organisation_of,
    refuse_future,
    scope_of,
)
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Row, Stream, canonical_instant
from postal.ledger.service import authored, record

SHOWN_ROWS = 50


class Restatement(Struct, frozen=True, kw_only=True):
    """What the report would say today, and which rows and which moved deadlines came after it was frozen."""

    as_of: datetime
    query_version: str
    differences: list[Difference]
    rows: list[LateRow]
    rows_in_all: int
    moves: list[MovedDeadline] = []
    moves_in_all: int = 0


class ReportView(Struct, frozen=True, kw_only=True):
    """A report: as published where it was, else as known now."""

    content: Content
    published: Published | None = None
    restatement: Restatement | None = None


async def report_view(code: str, *, actor: Actor, now: datetime) -> ReportView:
    """Show a report that the actor may see; beside a published one, what would be different today.

    Raises:
        NotFound: No such report, or not for this actor.
        Unprocessable: Its period lies in the future.
    """
    report = read_report(code)
    published = await repository.find_published(code)
    if not (may_read(actor, report) or (published is not None and report.kind is Kind.INDEX)):
        raise not_found()
    if published is None:
        return ReportView(content=await compute(report, now))
    content = await frozen(published)
    return ReportView(
        content=content, published=published, restatement=await _restatement(report, content, published, now)
    )


async def public_view(code: str) -> ReportView:
    """Show anybody a published sheet of QĐ 766, as it was published; every other report is not found here."""
    published = await repository.find_published(code)
    if published is None or read_report(code).kind is not Kind.INDEX:
        raise not_found()
    return ReportView(content=await frozen(published), published=published)


async def frozen(published: Published) -> Content:
    """Give what was published, byte for byte; bytes that do not have the ledger's digest are a broken archive."""
    found = await repository.find_content(published.digest)
    if found is None or digest_of(found) != published.digest:
        raise Conflict(
            "report.content_missing",
            vi="Nội dung đã công bố không còn khớp với sổ cái; hãy khôi phục từ bản sao lưu",
            en="What was published does not agree with the ledger any more; restore it from a backup",
        )
    return msgspec.json.decode(found, type=Content)


async def publish(code: str, *, actor: Actor, now: datetime) -> ReportView:
    """Freeze a report and put its digest into the ledger: a person's decision, once for each report.

    Raises:
        Forbidden: The actor may see it but not publish it, or no person stands behind the actor.
        Conflict: It was published before, or its period still runs.
    """
    report = read_report(code)
    if not may_read(actor, report):
        raise not_found()
    await organisation_of(report)
    if not may_publish(actor, report):
        raise Forbidden(
            "report.not_yours_to_publish",
            vi="Chỉ đầu mối kiểm soát TTHC, lãnh đạo cơ quan hoặc kiểm soát viên bưu điện của đơn vị được công bố",
            en="Only procedure control, the head of the agency, or the post's supervisor for its own, may publish",
        )
    refuse_future(report, now)
    if now < report.period.end:
        vi, en = report.period.name
        raise Conflict(
            "report.still_running",
            vi=f"{vi} chưa kết thúc: số liệu còn tạm thời, chưa công bố được",
            en=f"{en} is not over: its figures are provisional and cannot be published",
        )
    async with unit_of_work():
        await lock_codes({code})
        if await repository.find_published(code) is not None:
            raise Conflict(
                "report.published",
                vi="Báo cáo này đã công bố; số liệu thay đổi được nêu bên cạnh, bản đã công bố giữ nguyên",
                en="This report is published; what changed is listed beside it, the published one stays",
            )
        content = await compute(report, now)
        kept = written(content)
        digest = digest_of(kept)
        await repository.add_content(digest, code, kept, now)
        await record([_row(report, content, digest, actor, now)])
        published = await repository.find_published(code)
    return ReportView(content=content, published=published)


def _row(report: Report, content: Content, digest: str, actor: Actor, now: datetime) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=PUBLISHED,
        code=report.code,
        occurred_at=now,
        now=now,
        actor_organisation=actor.organisation,
        person=actor.person,
        body={
            "report": report.kind.value,
            "period": report.period.code,
            "organisation": report.organisation,
            "as_of": canonical_instant(content.as_of),
            "query_version": content.query_version,
            "digest": digest,
        },
    )


async def _restatement(
    report: Report, content: Content, published: Published, now: datetime
) -> Restatement | None:
    """Compute the report again; None when not one figure is different."""
    again = await compute(report, now)
    found = differences(content, again)
    if not found:
        return None
    organisation = await organisation_of(report)
    scope = await scope_of(report, organisation, await constants_of(report, now), now)
    basis = Basis.CARRIED if report.kind is Kind.POST else Basis.SETTLED
    total, rows = await repository.came_after(basis, scope, published.as_of, SHOWN_ROWS)
    moved, moves = await repository.moved_after(basis, scope, published.as_of, SHOWN_ROWS)
    return Restatement(
        as_of=now,
        query_version=again.query_version,
        differences=found,
        rows=rows,
        rows_in_all=total,
        moves=moves,
        moves_in_all=moved,
    )
