"""Documents of a piece: its label, the consignment note that goes with it, and the record of what befell it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec.structs import replace

from manifests.documents.rules import Form
from manifests.documents.rules.facts import Names, Papers, may_know
from manifests.documents.rules.piece_sheets import (
    Party,
    Report,
    consignment_data,
    incident_data,
    label_data,
    party_of,
    places_on_label,
)
from manifests.documents.service.gathering import inside_of, names_of, note_shown, papers_of
from manifests.documents.service.setting import Printed, layout, set_pdf, template_of
from postal.errors import Unprocessable
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.rules import TransitLimit, zone_between
from postal.ledger.repository import row_set
from postal.ledger.rules import Row, Stream
from postal.network.rules import local_day
from postal.printing.bitmap import bitmap_of
from postal.printing.press import printed
from postal.printing.typesetting import pdf, pictures
from postal.printing.zebra import label
from shipments.custody.repository import find_many as find_custody
from shipments.pieces import repository as pieces
from shipments.pieces.rules import CITIZEN, Piece, PieceKind
from shipments.tracking.service import links_for

ON_THE_OUTSIDE = ("name", "address", "phone", "email")
"""What is printed of a person where a piece begins or ends."""

LABELLED = frozenset({PieceKind.ITEM, PieceKind.BAG})


async def label_pdf(code: str, *, actor: Actor) -> Printed:
    """Print the A6 label of an item or a bag."""
    piece, sender, recipient, seal = await _labelled(code, actor)
    return await set_pdf(
        Form.LABEL,
        f"nhan-{code}",
        piece.registered_at,
        lambda template: label_data(template, piece, sender, recipient, seal, drawn=True),
    )


async def label_zpl(code: str, *, actor: Actor) -> Printed:
    """Print the same label for a label printer: its text as a picture, its barcodes by the printer."""
    piece, sender, recipient, seal = await _labelled(code, actor)
    template = await template_of(Form.LABEL, piece.registered_at)

    def made() -> bytes:
        data = label_data(template, piece, sender, recipient, seal, drawn=False)
        # A picture shows a box for a sign without a glyph; only a PDF/A is refused for it.
        pdf(layout(template.layout), data, piece.registered_at)
        (page,) = pictures(layout(template.layout), data)
        return label(bitmap_of(page), code, *places_on_label(code))

    return Printed(f"nhan-{code}.zpl", await printed(made))


async def consignment(
    code: str, *, actor: Actor, base: str = "", key: bytes | None = None, now: datetime | None = None
) -> Printed:
    """Print the phiếu gửi of an item, for the way in or for the way home.

    With a key each sheet carries the link by which whoever holds the slip follows the dossier; it is printed only for
    those who may know the person, since it leads to more than the code does.
    """
    piece = await _item(code, actor, frozenset({PieceKind.ITEM}))
    papers = await _papers(piece, actor, ON_THE_OUTSIDE)
    names = await _names(piece, papers)
    seal = await _seal(code)
    standard = await _standard(piece, names)
    sheets: list[Papers | None] = [*papers] or [None]
    ends = [(each, *_ends(piece, each, names, actor)) for each in sheets]
    own = [each.code for each in papers if each.person is not None and may_know(each, actor)]
    tokens = await links_for(own, key=key, by=actor.organisation, now=now) if own and key and now else {}
    links = {dossier: f"{base}/t/l/{token}" for dossier, token in tokens.items()}
    rate = f"{base}/rate" if base else ""
    return await set_pdf(
        Form.RESULT_CONSIGNMENT if piece.direction == "outbound" else Form.DOSSIER_CONSIGNMENT,
        f"phieu-gui-{code}",
        piece.registered_at,
        lambda template: consignment_data(template, piece, names, ends, seal, standard, links, rate),
    )


async def incident_record(code: str, *, actor: Actor) -> Printed:
    """Print the record of what was reported about a piece, with what should be inside."""
    piece = await pieces.get(code, actor)
    custody = (await find_custody([code])).get(code)
    holder = custody.holder if custody else None
    papers = await _papers(piece, actor)
    reasons = {
        each.code.lower(): each.name_vi for each in await law.reasons_at(local_day(piece.registered_at))
    }
    reports = _reports(code, (await row_set(code)).rows, reasons)
    named = {one.organisation for one in reports if one.organisation} | {holder or piece.origin}
    names = await names_of({piece.origin, piece.destination, *named} - {CITIZEN})
    last = reports[-1].at if reports else piece.registered_at
    return await set_pdf(
        Form.INCIDENT,
        f"bien-ban-su-co-{code}",
        last,
        lambda template: incident_data(template, piece, names, holder, reports, papers),
    )


async def _labelled(code: str, actor: Actor) -> tuple[Piece, Party, Party, str | None]:
    piece = await _item(code, actor, LABELLED)
    papers = await _papers(piece, actor)
    names = await _names(piece, papers)
    alone = papers[0] if len(papers) == 1 else None
    note_shown([alone] if alone else [], ON_THE_OUTSIDE, actor)
    sender, recipient = _ends(piece, alone, names, actor)
    return piece, sender, recipient, await _seal(code)


async def _item(code: str, actor: Actor, kinds: frozenset[PieceKind]) -> Piece:
    piece = await pieces.get(code, actor)
    if piece.kind not in kinds:
        raise Unprocessable(
            "print.wrong_kind",
            vi="Chỉ bưu gửi có phiếu gửi, chỉ bưu gửi và túi có nhãn",
            en="Items have a consignment note, items and bags have a label",
            kind=piece.kind.value,
        )
    return piece


async def _papers(piece: Piece, actor: Actor, shown: Collection[str] = ()) -> list[Papers]:
    codes = (await inside_of({piece.code: piece}))[piece.code]
    found = await papers_of(codes, actor, shown=shown)
    return [found[code] for code in codes if code in found]


async def _names(piece: Piece, papers: list[Papers]) -> Names:
    parties = {piece.origin, piece.destination, piece.registered_by, piece.authority}
    parties |= {party for each in papers for party in (each.desk, each.authority)}
    return await names_of({party for party in parties if party and party != CITIZEN})


def _ends(piece: Piece, papers: Papers | None, names: Names, actor: Actor) -> tuple[Party, Party]:
    """Name who sends and who receives: the applicant and the agency, whichever way the item goes.

    A person's data is shown to those alone who need it for their work.
    """
    known = papers is not None and may_know(papers, actor)
    person, erased = (papers.person, papers.erased) if papers and known else (None, False)
    inward = piece.direction != "outbound"
    sender = CITIZEN if inward and papers is not None else piece.origin
    recipient = party_of(piece.destination, names, person, erased=erased)
    if inward and papers is not None and papers.authority != piece.destination:
        # Who decides is named, as QĐ 45/2016 Đ6 k4 asks, and the desk that takes it in.
        recipient = replace(recipient, name=f"{names.of(papers.authority)} – {recipient.name}")
    return party_of(sender, names, person, erased=erased), recipient


async def _seal(code: str) -> str | None:
    """Give the number of the seal that was last put on or seen on a container."""
    rows = [
        row
        for row in (await row_set(code)).rows
        if row.content.stream is Stream.SCAN and code in (row.content.code, *row.content.subjects)
    ]
    numbered = [row for row in rows if (row.content.body.get("seal") or {}).get("number")]
    if not numbered:
        return None
    last = max(numbered, key=lambda row: (row.corrected_at, row.content.id))
    return str(last.content.body["seal"]["number"])


async def _standard(piece: Piece, names: Names) -> TransitLimit | None:
    """Find J + n between two registered places; none where one of them is the citizen's home."""
    ends = [names.organisations.get(code) for code in (piece.origin, piece.destination)]
    known = [
        (end.province_code, end.unit_code) for end in ends if end and end.province_code and end.unit_code
    ]
    if len(known) < len(ends):
        return None
    zone = zone_between(*known)
    standards = await law.transit_limits(local_day(piece.registered_at))
    return next((each for each in standards if each.zone is zone and not each.with_slip), None)


def _reports(code: str, rows: tuple[Row, ...], reasons: Mapping[str, str]) -> list[Report]:
    """Read what scans said of a piece's condition or of its broken seal, in the order of time."""
    said = [
        row
        for row in rows
        if row.content.code == code and row.content.stream is Stream.SCAN and _is_report(row)
    ]
    said.sort(key=lambda row: (row.corrected_at, row.content.id))
    return [_report(row, reasons) for row in said]


def _is_report(row: Row) -> bool:
    body = row.content.body
    broken = (body.get("seal") or {}).get("state", "intact") != "intact"
    return row.content.kind == "report" or body.get("condition", "intact") != "intact" or broken


def _report(row: Row, reasons: Mapping[str, str]) -> Report:
    body = row.content.body
    seal = body.get("seal") or {}
    at: datetime = row.corrected_at
    return Report(
        at=at,
        organisation=row.content.organisation,
        person=row.content.person,
        condition=body.get("condition") or ("seal_broken" if seal else None),
        seal=seal.get("number"),
        reason=reasons.get(body.get("reason", ""), body.get("reason")),
    )
