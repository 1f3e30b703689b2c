"""What several documents are filled with, read in a constant number of statements."""

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from manifests.documents import repository
from manifests.documents.rules.facts import Names, Papers, may_know
from manifests.manifests.rules import Manifest
from postal.audit import looks
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.pieces.rules import Piece, PieceKind, dossier_of


def parties_of(manifest: Manifest) -> set[str]:
    """Name the parties of a manifest."""
    return {party for party in (manifest.giver, manifest.receiver, manifest.carrier) if party}


async def names_of(codes: Collection[str]) -> Names:
    """Find the parties that a document names, and those above them."""
    found = await network.find_many(codes)
    above = {each.parent for each in found.values() if each.parent} - found.keys()
    return Names(found | (await network.find_many(above) if above else {}))


async def inside_of(pieces: Mapping[str, Piece]) -> dict[str, tuple[str, ...]]:
    """Name the dossiers that pieces carry: in items, in the items of bags, or as themselves or their results."""
    bags = [code for code, piece in pieces.items() if piece.kind is PieceKind.BAG]
    packed = await repository.contents(bags) if bags else {}
    inner = [piece.code for each in packed.values() for piece in each if piece.kind is PieceKind.BAG]
    packed |= await repository.contents(inner) if inner else {}
    return {code: tuple(dict.fromkeys(_dossiers(piece, packed))) for code, piece in pieces.items()}


def _dossiers(piece: Piece, packed: Mapping[str, Collection[Piece]], depth: int = 0) -> list[str]:
    if piece.kind is PieceKind.ITEM:
        return [dossier_of(code) for code in piece.dossiers]
    if piece.kind is not PieceKind.BAG:
        return [dossier_of(piece.code)]
    if depth > 1:
        return []
    return [code for each in packed.get(piece.code, ()) for code in _dossiers(each, packed, depth + 1)]


def note_shown(papers: Iterable[Papers], shown: Collection[str], actor: Actor) -> None:
    """Note what a document shows of the people whose papers these are."""
    for each in papers:
        if each.person is not None and may_know(each, actor):
            looks.note([each.code], {name for name in shown if getattr(each.person, name)})


async def papers_of(
    codes: Collection[str], actor: Actor, *, shown: Collection[str] = ()
) -> dict[str, Papers]:
    """Give the dossiers that an actor may see, with the name and the fee of the procedure in force at receipt.

    `shown` is what the document tells of a person to those who may know it; that they are told is noted.
    """
    found = await repository.papers_of(codes, actor)
    note_shown(found.values(), shown, actor)
    versions = await law.find_versions(
        {(each.procedure, each.version) for each in found.values() if each.version is not None}
    )
    current = await law.find_procedures(
        {(each.procedure, local_day(each.registered_at)) for each in found.values() if each.version is None}
    )
    complete = {}
    for code, each in found.items():
        procedure = (
            versions.get((each.procedure, each.version))
            if each.version is not None
            else current.get((each.procedure, local_day(each.registered_at)))
        )
        complete[code] = (
            replace(each, procedure_name=procedure.name_vi, fee=procedure.fee) if procedure else each
        )
    return complete
