"""Facts into the data of templates: everything is text, numbers and barcodes by now."""

from collections.abc import Mapping, Sequence
from typing import Any

from manifests.documents.rules import words
from manifests.documents.rules.facts import Counted, Names, Papers
from manifests.documents.rules.forms import Template
from manifests.manifests.rules import Manifest
from postal.printing.barcodes import code_128, large_qr, qr
from shipments.pieces.rules import Piece

Data = dict[str, Any]
FINEST = 0.27
"""Millimetres of the narrowest bar that every decoder reads from a print of 203 dpi."""

MANIFEST_BARS, HANDOVER_BARS = 76, 62
"""Millimetres that a column has for bars; a longer code gets a row for itself."""


def coded(text: str, room: int) -> Data:
    """Give a code with its barcodes; `wide` when its bars do not fit into so many millimetres."""
    bars = code_128(text)
    return {"bars": bars, "qr": qr(text), "wide": bars.modules * FINEST > room}


def framed(template: Template, code: str, issuer: Mapping[str, str]) -> Data:
    """Give what every document says of itself."""
    title = template.words["title"]
    return {
        "title": f"{title} {code}",
        "author": issuer["name"],
        "issuer": dict(issuer),
        "number": code,
        "words": template.words,
        "footer": f"{code} · {template.source}",
        "barcode": coded(code, 90),
    }


def manifest_data(
    template: Template,
    manifest: Manifest,
    names: Names,
    pieces: Mapping[str, Piece],
    inside: Mapping[str, Sequence[str]],
) -> Data:
    """Fill the manifest: its parties, its lines, what is in each."""
    at = manifest.sealed_at or manifest.created_at
    return framed(template, manifest.code, names.issuer(manifest.giver)) | {
        "day": words.day(at),
        "facts": _manifest_facts(manifest, names),
        "lines": [
            {
                "n": line.n,
                "code": coded(line.piece, MANIFEST_BARS),
                "kind": _kind(pieces.get(line.piece)),
                "inside": ", ".join(inside.get(line.piece, ())),
                "to": _destination(pieces.get(line.piece), names),
            }
            for line in manifest.lines
        ],
        "sides": _sides(manifest, names),
    }


def paper_data(template: Template, manifest: Manifest, names: Names, payloads: Sequence[str]) -> Data:
    """Fill the paper for an office without a network: the codes of the list, and a box for each line."""
    at = manifest.sealed_at or manifest.created_at
    return framed(template, manifest.code, names.issuer(manifest.giver)) | {
        "day": words.day(at),
        "facts": _manifest_facts(manifest, names),
        "parts": [large_qr(payload) for payload in payloads],
        "lines": [{"n": line.n, "code": coded(line.piece, MANIFEST_BARS)} for line in manifest.lines],
        "sides": _sides(manifest, names),
    }


def handover_data(
    template: Template,
    manifest: Manifest,
    names: Names,
    inside: Mapping[str, Sequence[str]],
    papers: Mapping[str, Papers],
    owners: Mapping[str, str | None],
    counted: Mapping[str, Counted],
) -> Data:
    """Fill the record of a handover (QĐ 45/2016 Đ7 k3): one row a dossier, blanks for what hands still write."""
    at = manifest.receiving_at or manifest.dispatched_at or manifest.sealed_at or manifest.created_at
    rows = []
    for line in manifest.lines:
        dossiers: list[Papers | None] = [
            papers[code] for code in inside.get(line.piece, ()) if code in papers
        ] or [None]
        for place, dossier in enumerate(dossiers):
            rows.append(
                {"n": line.n, "code": coded(line.piece, HANDOVER_BARS) if place == 0 else None}
                | _dossier_row(dossier, owners, counted.get(line.piece) if len(dossiers) == 1 else None)
            )
    known = list(papers.values())
    return framed(template, manifest.code, names.issuer(manifest.giver)) | {
        "day": words.day(at),
        "facts": _manifest_facts(manifest, names),
        "rows": rows,
        "totals": [
            ["Tổng số dòng", str(len(manifest.lines))],
            ["Tổng số hồ sơ", str(len(known))],
            ["Tổng số giấy tờ theo phiếu", str(sum(each.documents for each in known))],
            ["Trong đó bản chính", str(sum(each.originals for each in known))],
            ["Tổng phí, lệ phí nộp", words.money(sum(each.paid for each in known))],
            ["Số dòng chênh lệch", _differences(manifest, rows)],
        ],
        "sides": _sides(manifest, names),
    }


def _dossier_row(papers: Papers | None, owners: Mapping[str, str | None], counted: Counted | None) -> Data:
    if papers is None:
        blank = (
            "dossier",
            "procedure",
            "owner",
            "documents",
            "received",
            "originals",
            "fee",
            "complete",
            "note",
        )
        return dict.fromkeys(blank)
    received = counted.documents if counted else None
    return {
        "dossier": papers.code,
        "procedure": papers.procedure_name or papers.procedure,
        "owner": owners.get(papers.code),
        "documents": str(papers.documents),
        "received": str(received) if received is not None else None,
        "originals": str(papers.originals),
        "fee": words.money(papers.paid),
        "complete": _complete(papers, counted),
        "note": _note(counted),
    }


def _note(counted: Counted | None) -> str | None:
    if counted is None:
        return None
    said = [words.CONDITION_WORDS.get(counted.condition or "intact"), counted.seal]
    return "; ".join(part for part in said if part) or None


def _differences(manifest: Manifest, rows: Sequence[Data]) -> str | None:
    """Count the rows that do not agree, once every row is counted; before, hands write it."""
    if any(row["complete"] is None for row in rows):
        return None
    intact = words.CONDITION_WORDS["intact"]
    odd = {row["n"] for row in rows if row["complete"] != "Đủ" or not (row["note"] or "").startswith(intact)}
    return f"{len(odd)} trên {len(manifest.lines)}"


def _complete(papers: Papers, counted: Counted | None) -> str | None:
    if counted is None or counted.documents is None:
        return None
    short = counted.documents < papers.documents or (
        counted.originals is not None and counted.originals < papers.originals
    )
    return "Thiếu" if short else "Thừa" if counted.documents > papers.documents else "Đủ"


def _manifest_facts(manifest: Manifest, names: Names) -> list[list[str | None]]:
    rows: list[list[str | None]] = [
        ["Bên giao", names.with_code(manifest.giver)],
        ["Bên nhận", names.with_code(manifest.receiver)],
    ]
    if manifest.carrier:
        rows.append(["Bên vận chuyển", names.with_code(manifest.carrier)])
    if manifest.route:
        rows.append(["Tuyến", manifest.route])
    if manifest.cut_off:
        rows.append(["Giờ đóng chuyến", words.moment(manifest.cut_off)])
    rows.append(["Số dòng", str(len(manifest.lines))])
    if manifest.dispatched_at:
        rows.append(["Giao lúc", words.moment(manifest.dispatched_at)])
    if manifest.receiving_at:
        rows.append(["Bắt đầu nhận lúc", words.moment(manifest.receiving_at)])
    if manifest.sealed_at:
        rows.append(["Niêm phong danh sách", words.moment(manifest.sealed_at)])
        rows.append(["Mã băm danh sách", manifest.digest])
    else:
        rows.append(["Trạng thái", "BẢN NHÁP, chưa niêm phong"])
    return rows


def _sides(manifest: Manifest, names: Names) -> list[dict[str, str | None]]:
    parties = [("Đại diện bên giao", manifest.giver), ("Đại diện bên nhận", manifest.receiver)]
    if manifest.carrier:
        parties.insert(1, ("Bên vận chuyển", manifest.carrier))
    return [{"role": role, "name": names.of(code)} for role, code in parties]


def _kind(piece: Piece | None) -> str:
    return words.KIND_WORDS[piece.kind.value] if piece else ""


def _destination(piece: Piece | None, names: Names) -> str | None:
    return names.of(piece.destination) if piece else None
