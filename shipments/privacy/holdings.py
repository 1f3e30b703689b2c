"""What shipments itself holds about a person, and how it is given out and forgotten."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import to_builtins

from postal.files import repository as files
from postal.files.rules import About
from postal.ledger.repository import rows_of
from postal.ledger.rules import Stream
from postal.registry import Holding
from shipments.custody import repository as custody
from shipments.dossiers import repository as dossiers
from shipments.pieces.rules import result_code
from shipments.privacy import repository


async def _applicant(dossier: str) -> list[dict[str, Any]]:
    applicant = await dossiers.find_applicant(dossier)
    return [to_builtins(applicant)] if applicant else []


async def _papers(dossier: str) -> list[dict[str, Any]]:
    return [to_builtins(line) for line in await dossiers.list_lines(dossier)]


async def _files(dossier: str) -> list[dict[str, Any]]:
    found = await files.page_of(About.DOSSIER, dossier, None, 1_000)
    return [
        {
            "id": str(one.id),
            "kind": one.kind.value,
            "media": one.media,
            "size": one.size,
            "attached_by": one.organisation,
            "at": one.created_at.isoformat(),
            "address": f"/api/v1/files/{one.id}",
            "erased": one.key.wrapped is None,
        }
        for one in found
    ]


async def _scans(dossier: str) -> list[UUID]:
    """Give the scans of a dossier, of its result, and of items that carried nothing else."""
    sets = await rows_of(await repository.pieces_of_nobody_else(dossier, result_code(dossier)))
    return [
        row.content.id for rows in sets.values() for row in rows.rows if row.content.stream is Stream.SCAN
    ]


async def _notes(dossier: str) -> list[dict[str, Any]]:
    return [{"note": note} for note in await custody.notes_of(await _scans(dossier))]


async def _erase_notes(dossier: str, _now: datetime) -> int:
    return await custody.drop_notes(await _scans(dossier))


async def _nothing(_dossier: str, _now: datetime) -> int:
    """Erase nothing here: the names of papers go with the applicant, and files with their key."""
    return 0


HOLDINGS = (
    Holding(
        name="applicant",
        title=("Chủ hồ sơ", "Applicant"),
        retained=True,
        export=_applicant,
        erase=dossiers.erase_applicant,
    ),
    Holding(
        name="papers",
        title=("Thành phần hồ sơ", "Papers of the dossier"),
        retained=True,
        export=_papers,
        erase=_nothing,
    ),
    Holding(
        name="files", title=("Tệp đính kèm", "Attached files"), retained=True, export=_files, erase=_nothing
    ),
    Holding(
        name="scan_notes",
        title=("Ghi chú khi quét", "Notes of scans"),
        retained=False,
        export=_notes,
        erase=_erase_notes,
    ),
)
