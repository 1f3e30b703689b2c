"""What files may be attached to here: manifests, and the discrepancies of manifests. Their parties see both."""

from uuid import UUID

from manifests.discrepancies import repository as discrepancies
from manifests.manifests import repository as manifests
from postal.errors import NotFound
from postal.files.rules import Subject
from postal.identity.rules import Actor
from shipments.pieces import repository as pieces


async def of_manifest(code: str, actor: Actor) -> Subject:
    """Find a manifest; it is about many, so it is erased by itself only."""
    found = await manifests.get(code, actor)
    return Subject(code=found.code, row=found.code)


async def of_discrepancy(code: str, actor: Actor) -> Subject:
    """Find a discrepancy; the ledger keeps it under its manifest, and it is about the dossiers of its piece."""
    try:
        wanted = UUID(code)
    except ValueError as error:
        raise NotFound(
            "discrepancy.not_found", vi="Không tìm thấy chênh lệch này", en="There is no such discrepancy"
        ) from error
    found = await discrepancies.get(wanted, actor)
    piece = (await pieces.find_many([found.piece])).get(found.piece)
    return Subject(code=str(found.id), row=found.manifest, dossiers=tuple(piece.dossiers) if piece else ())
