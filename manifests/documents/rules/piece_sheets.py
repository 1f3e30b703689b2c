"""Facts of items, dossiers and incidents into the data of their templates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote

from msgspec import Struct

from manifests.documents.rules import words
from manifests.documents.rules.facts import Names, Papers, Person
from manifests.documents.rules.forms import Template
from manifests.documents.rules.handovers import Handover, verdict_of
from manifests.documents.rules.sheets import Data, coded, framed
from postal.errors import Unprocessable
from postal.law.rules import TransitLimit
from postal.printing.barcodes import code_128, qr
from postal.printing.zebra import Place
from shipments.pieces.rules import CITIZEN, Piece, PieceKind, dossier_of

LABEL_WIDTH = 840
"""Dots of an A6 label: 105 mm at eight a millimetre."""

MODULES = (4, 3, 2)
"""Dots that the narrowest bar may have, best first: 0.5 mm, 0.375 mm, 0.25 mm (UPU S10: 0.25 to 0.51)."""

BARS_TOP, BARS_HEIGHT = 110, 160
SQUARE_LEFT, SQUARE_TOP, SQUARE_MODULE = 552, 848, 8


class Party(Struct, frozen=True, kw_only=True):
    """An end of an item's way as paper names it; what is not known or not to be shown is absent."""

    name: str | None
    address: str | None = None
    phone: str | None = None
    email: str | None = None


class Report(Struct, frozen=True, kw_only=True):
    """One scan that reported something about a piece's condition, or its seal."""

    at: datetime
    organisation: str | None
    person: str | None
    condition: str | None
    seal: str | None
    reason: str | None


def party_of(code: str, names: Names, person: Person | None, *, erased: bool) -> Party:
    """Name an organisation, or the person where the end is the citizen."""
    if code != CITIZEN:
        return Party(name=names.with_code(code), address=names.address(code))
    if erased:
        return Party(name=words.ERASED)
    if person is None:
        return Party(name=None)
    return Party(name=person.name, address=person.address, phone=person.phone, email=person.email)


def places_on_label(code: str) -> tuple[Place, Place]:
    """Choose where bars and QR of a code stand on a label; raises Unprocessable for a code that is too long."""
    modules = code_128(code).modules
    module = next((dots for dots in MODULES if modules * dots <= LABEL_WIDTH), None)
    if module is None:
        raise Unprocessable(
            "print.code_too_long",
            vi="Mã này quá dài để in trên nhãn A6",
            en="The code is too long for the bars of an A6 label",
            piece=code,
        )
    width, side = modules * module, qr(code).modules * SQUARE_MODULE
    return (
        Place((LABEL_WIDTH - width) // 2, BARS_TOP, module, width, BARS_HEIGHT),
        Place(SQUARE_LEFT, SQUARE_TOP, SQUARE_MODULE, side, side),
    )


def label_data(
    template: Template, piece: Piece, sender: Party, recipient: Party, seal: str | None, *, drawn: bool
) -> Data:
    """Fill the A6 label; without `drawn` the places of the barcodes stay free, for a printer that draws them."""
    bars, square = places_on_label(piece.code)
    inner = "Số hồ sơ" if piece.kind is PieceKind.ITEM else "Loại"
    issuer = {"name": sender.name or piece.origin, "parent": ""}
    return framed(template, piece.code, issuer) | {
        "kind": _service(piece),
        "code": coded(piece.code, 200),
        "bars": bars,
        "square": square,
        "drawn": drawn,
        "sender": sender,
        "recipient": recipient,
        "facts": [
            ["Ngày chấp nhận", words.short_moment(piece.registered_at)],
            [inner, str(len(piece.dossiers)) if piece.kind is PieceKind.ITEM else "Túi"],
            ["Số niêm phong", seal],
        ],
    }


def consignment_data(
    template: Template,
    piece: Piece,
    names: Names,
    ends: Sequence[tuple[Papers | None, Party, Party]],
    seal: str | None,
    standard: TransitLimit | None,
    links: Mapping[str, str] = MappingProxyType({}),
    rate: str = "",
) -> Data:
    """Fill a phiếu gửi (TT 17/2017 Đ9): one sheet a dossier, each with its sender and its recipient.

    Where the version of the form asks for a rating, `rate` is where it is given.
    """
    inward = piece.direction == "inbound"
    post = piece.origin if inward else piece.registered_by or piece.origin
    return framed(template, piece.code, names.issuer(piece.origin)) | {
        "day": words.day(piece.registered_at),
        "letter": "i" if inward else "k",
        "facts": [
            ["Số hiệu phiếu gửi", piece.code],
            ["Thời gian chấp nhận", words.moment(piece.registered_at)],
            ["Nơi chấp nhận", names.with_code(post)],
            ["Nơi phát", names.with_code(piece.destination)],
            ["Số niêm phong", seal],
        ],
        "sheets": [
            {
                "dossier": coded(papers.code, 110) if papers else None,
                "link": _link(links.get(papers.code) if papers else None),
                "rate": _rate(rate, papers) if "rate" in template.words else None,
                "sender": sender,
                "recipient": recipient,
                "money": [
                    ["Giá cước đã thu", words.money(papers.fare) if papers and papers.fare else None],
                    ["Phí, lệ phí thu hộ", _fee(papers)],
                    ["Biên lai số", papers.receipts if papers else None],
                ],
                "quality": _quality(standard),
                "subject": _subject(papers, inward=inward),
                "lines": _lines(papers),
            }
            for papers, sender, recipient in ends
        ],
        "sides": [{"role": "Người gửi", "name": ""}, {"role": "Nhân viên bưu chính", "name": ""}]
        + ([] if inward else [{"role": "Người nhận", "name": ""}]),
    }


def control_sheet_data(
    template: Template,
    papers: Papers,
    names: Names,
    owner: str | None,
    phone: str | None,
    handovers: Sequence[Handover],
) -> Data:
    """Fill the control sheet: one row a handover, in the order of the ledger."""
    return framed(template, papers.code, names.issuer(papers.desk)) | {
        "day": words.day(papers.received_at or papers.registered_at),
        "facts": [
            ["Mã hồ sơ", papers.code],
            ["Kèm theo hồ sơ của", owner],
            ["Số điện thoại", phone],
            ["Loại hồ sơ", papers.procedure_name or papers.procedure],
            ["Cơ quan giải quyết", names.with_code(papers.authority)],
            ["Ngày hẹn trả", words.moment(papers.due_first) if papers.due_first else None],
            *(
                [["Ngày hẹn trả lại", words.moment(papers.due_now)]]
                if papers.due_now and papers.due_now != papers.due_first
                else []
            ),
        ],
        "rows": [
            {
                "giver": " / ".join(names.with_code(one) or one for one in handover.givers) or None,
                "receiver": " / ".join(names.with_code(one) or one for one in handover.receivers),
                "at": words.moment(handover.at),
                "verdicts": _verdicts(handover, papers),
                "notes": _notes(handover),
                "code": coded(handover.piece, 120),
            }
            for handover in handovers
        ],
    }


def incident_data(
    template: Template,
    piece: Piece,
    names: Names,
    holder: str | None,
    reports: Sequence[Report],
    papers: Sequence[Papers],
) -> Data:
    """Fill the record of torn, opened or lost papers; without a report it is a blank for hands."""
    at = reports[-1].at if reports else piece.registered_at
    return framed(template, piece.code, names.issuer(holder or piece.origin)) | {
        "day": words.day(at) if reports else "ngày …… tháng …… năm ………",
        "facts": [
            ["Bưu gửi", f"{piece.code} ({words.KIND_WORDS[piece.kind.value]})"],
            ["Nơi gửi", names.with_code(piece.origin)],
            ["Nơi đến", names.with_code(piece.destination)],
            ["Đang giữ", names.with_code(holder)],
            ["Hồ sơ bên trong", ", ".join(each.code for each in papers) or None],
        ],
        "reports": [
            [
                words.short_moment(one.at),
                " – ".join(part for part in (names.with_code(one.organisation), one.person) if part) or None,
                words.CONDITION_WORDS.get(one.condition or "", one.condition),
                one.seal,
                one.reason,
            ]
            for one in reports
        ],
        "lines": [line[:4] for each in papers for line in _lines(each)],
        "sides": [
            {"role": role, "name": ""} for role in ("Người lập", "Người chứng kiến", "Đơn vị đang giữ")
        ],
    }


def _service(piece: Piece) -> str:
    if piece.kind is PieceKind.BAG:
        return "TÚI"
    return "KẾT QUẢ" if piece.direction == "outbound" else "HỒ SƠ"


def _link(address: str | None) -> Data | None:
    return {"qr": qr(address), "text": address} if address else None


def _rate(address: str, papers: Papers | None) -> Data | None:
    """Lead to the rating of one dossier; the text is short enough to be typed from paper."""
    if not address or papers is None:
        return None
    return {"qr": qr(f"{address}?code={quote(papers.code)}"), "text": address}


def _fee(papers: Papers | None) -> str | None:
    if papers is None or papers.fee is None:
        return None
    paid = f"đã nộp {words.money(papers.paid)}" if papers.paid else "chưa nộp"
    return f"{words.money(papers.fee)}, {paid}" if papers.fee or papers.paid else words.money(0)


def _quality(standard: TransitLimit | None) -> str:
    if standard is None:
        return "An toàn 100%; thời gian toàn trình J + n theo TT 17/2017/TT-BTTTT Điều 7."
    return f"An toàn 100%; thời gian toàn trình J + {standard.days} ngày làm việc ({standard.citation})."


def _subject(papers: Papers | None, *, inward: bool) -> list[list[str | None]]:
    named = (papers.procedure_name or papers.procedure) if papers else None
    rows: list[list[str | None]] = [["Tên thủ tục hành chính", named]]
    if not inward:
        rows.append(["Kết quả", f"Kết quả giải quyết hồ sơ {papers.code}" if papers else None])
    return rows


def _lines(papers: Papers | None) -> list[list[str]]:
    if papers is None:
        return []
    return [
        [
            str(line.number),
            line.name,
            words.FORM_WORDS[line.form],
            str(line.copies),
            str(line.sheets),
            "có" if line.to_return else "không",
        ]
        for line in papers.lines
    ]


def _verdicts(handover: Handover, papers: Papers) -> list[str]:
    """Judge what an agency gave out, by the first promise, and by the new one where there is one: both stay."""
    agencies = {papers.desk, papers.authority, papers.unit}
    if not agencies & set(handover.givers):
        return [""]
    first = verdict_of(handover.at, papers.due_first)
    if first is None:
        return [""]
    if papers.due_now is None or papers.due_now == papers.due_first:
        return [first.value]
    now = verdict_of(handover.at, papers.due_now)
    return [f"{first.value} (hẹn đầu)", f"{now.value if now else ''} (hẹn lại)"]


def _notes(handover: Handover) -> list[str]:
    notes = ["Kết quả" if handover.piece != dossier_of(handover.piece) else "Hồ sơ"]
    if handover.container:
        notes.append(f"trong {handover.container}")
    if handover.offered_at:
        notes.append(f"giao lúc {words.short_moment(handover.offered_at)}")
    if len(handover.receivers) > 1:
        notes.append("hai bên cùng nhận giữ")
    return notes
