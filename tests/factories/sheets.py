"""Manifests to be printed, without a database: long ones, with codes of every length."""

import random
from datetime import UTC, date, datetime

from manifests.documents.rules import Form, Seal, Sealed, Template
from manifests.documents.rules.facts import Names, Papers, Person
from manifests.manifests.rules import Manifest, ManifestLine, State, canonical_text, digest_of
from postal.law.rules import Status
from shipments.dossiers.rules import Line
from shipments.pieces.rules import Piece, PieceKind, s10

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LONGEST = "ABCDEFGHIJ.KLMNOPQRST-UVWXYZ0123456-20261123-12345678-KQ"
WORDS = {
    "state": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "motto": "Độc lập - Tự do - Hạnh phúc",
    "number": "Số",
    "sign_here": "(Ký, ghi rõ họ tên)",
    "title": "Bảng kê",
    "opening": "Hai bên cùng kiểm đếm:",
    "closing": "Lập thành hai bản.",
    "how": "Quét lần lượt các mã QR.",
}
NAMES = Names({})
SEAL = Seal("0a1b2c3d", lambda text: digest_of(text.decode()).encode()[:64])


def template(form: Form, layout: str | None = None) -> Template:
    """Describe a version of a form with short words."""
    return Template(
        form=form,
        valid_from=date(2016, 12, 16),
        layout=layout or form.value,
        words=WORDS,
        citation="thử",
        status=Status.TEST,
    )


def manifest_of(lines: int, seed: int = 0) -> Manifest:
    """Make a sealed manifest of items, dossiers and one code as long as codes may be."""
    numbers = random.Random(1000 * seed + lines)
    serials = numbers.sample(range(100_000_000), lines)
    codes = [
        s10("DH", serial) if n % 5 else f"H57.01-20261123-{serial % 10_000_000:07}"
        for n, serial in enumerate(serials)
    ]
    codes[lines // 2] = LONGEST
    parties = ("BK-261123-K7M2QX", "BC-530000", "MC-HUE", None, AT)
    return Manifest(
        code=parties[0],
        state=State.SEALED,
        giver=parties[1],
        receiver=parties[2],
        carrier=None,
        route=None,
        cut_off=None,
        note=None,
        created_at=AT,
        sealed_at=AT,
        digest=digest_of(canonical_text(*parties, codes)),
        line_count=lines,
        lines=tuple(ManifestLine(n=n, piece=code, open=True) for n, code in enumerate(codes, 1)),
    )


def sealed(manifest: Manifest) -> Sealed:
    """Give what sealing fixed."""
    return Sealed(
        code=manifest.code,
        giver=manifest.giver,
        receiver=manifest.receiver,
        carrier=manifest.carrier,
        sealed_at=AT,
        digest=str(manifest.digest),
        pieces=manifest.pieces,
    )


def pieces_of(manifest: Manifest) -> dict[str, Piece]:
    """Register every line as an item."""
    return {
        code: Piece(
            code=code,
            kind=PieceKind.ITEM,
            registered_at=AT,
            origin=manifest.giver,
            destination=manifest.receiver,
        )
        for code in manifest.pieces
    }


def papers_of(number: int, name: str | None = None) -> Papers:
    """Describe the numbered dossier of a handover, each with an owner of its own."""
    surnames = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
    given = ("Thị Ưởng", "Văn Khuê", "Hữu Nghĩa", "Thuý Quỳnh", "Đức Lượng", "Mỹ Duyên", "Ngọc Yến")
    return Papers(
        code=f"H57.01-20261122-{number:07}",
        procedure="1.004873",
        version=1,
        authority="H57.01",
        desk="MC-HUE",
        unit=None,
        office="BC-530000",
        registered_at=AT,
        received_at=None,
        due_first=None,
        due_now=None,
        person=Person(name=name or f"{surnames[number % 10]} {given[number % 7]}"),
        erased=False,
        lines=(
            Line(number=1, name="Tờ khai", form="original"),
            Line(number=2, name="Bản vẽ", form="copy", copies=3),
        ),
        procedure_name="Cấp đổi giấy chứng nhận quyền sử dụng đất",
        fee=120_000,
    )
