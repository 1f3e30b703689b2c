"""Documents of a manifest: the list, the record of its handover, and the paper for an office without a network."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from manifests.documents.rules import Form, Seal, Sealed, write_paper
from manifests.documents.rules.facts import Counted, Papers, owner_of
from manifests.documents.rules.sheets import handover_data, manifest_data, paper_data
from manifests.documents.rules.words import SEAL_WORDS
from manifests.documents.service.gathering import inside_of, names_of, papers_of, parties_of
from manifests.documents.service.setting import Printed, set_pdf
from manifests.manifests import repository as manifests
from manifests.manifests.rules import Action, Manifest
from manifests.manifests.service import not_now
from postal.identity.rules import Actor
from postal.ledger.repository import rows_of
from postal.ledger.rules import Row
from postal.proof import repository as log
from postal.proof.signing import Signer
from shipments.pieces import repository as pieces


async def manifest_list(code: str, *, actor: Actor) -> Printed:
    """Print a manifest, a draft too, with barcodes for itself and each line."""
    manifest = await manifests.get(code, actor)
    known = await pieces.find_many(manifest.pieces)
    inside = await inside_of(known)
    names = await names_of({*parties_of(manifest), *(piece.destination for piece in known.values())})
    return await set_pdf(
        Form.MANIFEST,
        f"bang-ke-{code}",
        manifest.sealed_at or manifest.created_at,
        lambda template: manifest_data(template, manifest, names, known, inside),
    )


async def handover_record(code: str, *, actor: Actor) -> Printed:
    """Print the record of a handover; what the receiver has counted stands in it, the rest is left to hands."""
    manifest = await _sealed(code, actor)
    inside = await inside_of(await pieces.find_many(manifest.pieces))
    papers = await papers_of({dossier for each in inside.values() for dossier in each}, actor, shown=["name"])
    owners = {each.code: owner_of(each, actor) for each in papers.values()}
    rows = {piece: found.rows for piece, found in (await rows_of(manifest.pieces)).items()}
    counted = {piece: _counted(manifest, each) for piece, each in rows.items()}
    names = await names_of(parties_of(manifest))
    return await set_pdf(
        Form.HANDOVER,
        f"bien-ban-giao-nhan-{code}",
        _handed_at(manifest),
        lambda template: handover_data(
            template, manifest, names, inside, _in_order(papers, inside), owners, _kept(counted)
        ),
    )


async def manifest_paper(code: str, *, actor: Actor, signer: Signer, now: datetime) -> Printed:
    """Print a sealed manifest so that an office without a network can reconcile from paper; the key is published."""
    manifest = await _sealed(code, actor)
    names = await names_of(parties_of(manifest))
    await log.add_key(signer.public, signer.role, signer.name, now)
    payloads = write_paper(sealed_of(manifest), Seal(signer.key_id.hex(), signer.sign))
    return await set_pdf(
        Form.PAPER,
        f"bang-ke-giay-{code}",
        sealed_of(manifest).sealed_at,
        lambda template: paper_data(template, manifest, names, payloads),
    )


def sealed_of(manifest: Manifest) -> Sealed:
    """Give what sealing fixed of a manifest; raises Conflict for a draft."""
    if manifest.sealed_at is None or manifest.digest is None:
        raise not_now(Action.DISPATCH, manifest)
    return Sealed(
        code=manifest.code,
        giver=manifest.giver,
        receiver=manifest.receiver,
        carrier=manifest.carrier,
        sealed_at=manifest.sealed_at,
        digest=manifest.digest,
        pieces=manifest.pieces,
    )


async def _sealed(code: str, actor: Actor) -> Manifest:
    manifest = await manifests.get(code, actor)
    sealed_of(manifest)
    return manifest


def _handed_at(manifest: Manifest) -> datetime:
    return manifest.receiving_at or manifest.dispatched_at or manifest.sealed_at or manifest.created_at


def _counted(manifest: Manifest, rows: Iterable[Row]) -> Counted | None:
    """Give what the receiver's last scan under this manifest counted."""
    said = [
        row
        for row in rows
        if row.content.kind == "receive"
        and row.content.body.get("manifest") == manifest.code
        and row.content.organisation == manifest.receiver
    ]
    if not said:
        return None
    body = max(said, key=lambda row: (row.corrected_at, row.content.id)).content.body
    numbers = body.get("counted") or {}
    return Counted(
        documents=numbers.get("documents"),
        originals=numbers.get("originals"),
        condition=body.get("condition", "intact"),
        seal=_seal(body.get("seal") or {}),
    )


def _seal(seal: Mapping[str, str]) -> str | None:
    number = seal.get("number")
    return f"niêm phong {number} {SEAL_WORDS[seal.get('state', 'intact')]}" if number else None


def _kept(counted: Mapping[str, Counted | None]) -> dict[str, Counted]:
    return {piece: each for piece, each in counted.items() if each is not None}


def _in_order(papers: Mapping[str, Papers], inside: Mapping[str, Collection[str]]) -> dict[str, Papers]:
    return {code: papers[code] for codes in inside.values() for code in codes if code in papers}
