"""What files may be attached to here: dossiers, and pieces of any kind. Who sees the one sees the other."""

from postal.files.rules import Subject
from postal.identity.rules import Actor
from shipments.dossiers import repository as dossiers
from shipments.pieces import repository as pieces
from shipments.pieces.rules import PieceKind


async def of_dossier(code: str, actor: Actor) -> Subject:
    """Find a dossier; its files are erased with it."""
    found = await dossiers.get(code, actor)
    return Subject(code=found.code, row=found.code, dossiers=(found.code,))


async def of_piece(code: str, actor: Actor) -> Subject:
    """Find a piece; what is in an item or a bag is erased with the one dossier that it was made for."""
    found = await pieces.get(code, actor)
    about = (found.code,) if found.kind is PieceKind.DOSSIER else tuple(found.dossiers)
    return Subject(code=found.code, row=found.code, dossiers=about)
