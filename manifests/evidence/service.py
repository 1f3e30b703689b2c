"""What files may be attached to here: manifests, their discrepancies, and incidents. Who sees one sees its files."""

from uuid import UUID

from manifests.discrepancies import repository as discrepancies
from manifests.incidents import repository as incidents
from manifests.manifests import repository as manifests
from postal.errors import NotFound
from postal.files.rules import Subject
from postal.identity.rules import Actor
from shipments.pieces import repository as pieces
from shipments.pieces.rules import PieceKind


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
    return Subject(code=str(found.id), row=found.manifest, dossiers=await _inside(found.piece))


async def of_incident(code: str, actor: Actor) -> Subject:
    """Find the incident of a piece."""
    piece = (await incidents.get(code, actor)).incident.piece
    return Subject(code=piece, row=piece, dossiers=await _inside(piece))


async def _inside(code: str) -> tuple[str, ...]:
    """Give the dossiers that a piece is about."""
    piece = (await pieces.find_many([code])).get(code)
    if piece is None:
        return ()
    return (code,) if piece.kind is PieceKind.DOSSIER else tuple(piece.dossiers)
