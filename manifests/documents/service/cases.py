"""The control sheet of a dossier, straight from the ledger."""

import heapq

from manifests.documents.rules import Form, Handover, handovers_of
from manifests.documents.rules.facts import Papers, may_know, owner_of
from manifests.documents.rules.piece_sheets import control_sheet_data
from manifests.documents.service.gathering import names_of, papers_of
from manifests.documents.service.setting import Printed, set_pdf
from postal.errors import NotFound
from postal.identity.rules import Actor
from shipments.custody.projection import history
from shipments.custody.rules import CITIZEN, presumed_holder
from shipments.pieces import repository as pieces
from shipments.pieces.rules import result_code


async def control_sheet(code: str, *, actor: Actor) -> Printed:
    """Print who gave a dossier and its result to whom, and when: one row a handover."""
    papers = (await papers_of([code], actor, shown=["name", "phone"])).get(code)
    if papers is None:
        raise NotFound("dossier.not_found", vi="Không tìm thấy hồ sơ này", en="There is no such dossier")
    handovers = await _handovers(code)
    parties = {party for each in handovers for party in (*each.givers, *each.receivers)}
    names = await names_of({*parties, papers.desk, papers.authority} - {CITIZEN})
    received = papers.received_at or papers.registered_at
    return await set_pdf(
        Form.CONTROL_SHEET,
        f"phieu-kiem-soat-{code}",
        received,
        lambda template: control_sheet_data(
            template, papers, names, owner_of(papers, actor), _phone(papers, actor), handovers
        ),
        known_at=max([received, *(each.at for each in handovers)]),
    )


async def _handovers(code: str) -> list[Handover]:
    known = await pieces.find_many([code, result_code(code)])
    found = []
    for piece in known.values():
        custody = await history(piece.code)
        if custody is not None:
            presumed = presumed_holder(piece.kind.value, piece.registered_by)
            found.append(handovers_of(piece.code, presumed, custody.steps))
    return list(heapq.merge(*found, key=lambda each: each.at))


def _phone(papers: Papers, actor: Actor) -> str | None:
    return papers.person.phone if papers.person and may_know(papers, actor) else None
