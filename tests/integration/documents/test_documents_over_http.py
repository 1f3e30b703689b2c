"""Every document over HTTP: fetched by who may see the thing, rendered, decoded twice, read."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from manifests.documents.cli import paper as paper_command
from manifests.documents.rules import read_paper
from postal.db import execute
from postal.identity.rules import Role
from postal.printing.typesetting import DOTS_PER_INCH
from tests.factories import labels
from tests.factories.documents import by_zbar, by_zxing, claims, document, holds, read, text_of
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.identity import headers
from tests.factories.pieces import scan

NAME = "Ngô Thị Ưởng #panic() $x$ *đậm* @y \\ <thẻ> `mã` Nguyễn Hoàng Quỳnh"


class Counter:
    """An office that has accepted a dossier, packed it and put it on a sealed manifest."""

    def __init__(self, desks, clock):
        self.desks, self.clock = desks, clock

    async def build(self):
        await self.desks.prepare()
        self.dossier = await self.desks.dossier(
            applicant={"name": NAME, "phone": "0912 345 678", "address": "12/3 Lê Lợi, phường Thuận Hoá, Huế"}
        )
        await scan("accept", self.dossier, OFFICE, self.clock.instant)
        self.clock.advance(timedelta(minutes=5))
        self.item = (await self.post("/items", destination=DESK, pieces=[self.dossier], seal="NP-0001"))[
            "code"
        ]
        self.manifest = (await self.post("/manifests", receiver=DESK, lines=[self.item]))["code"]
        return self

    async def post(self, path, *, by=None, **body):
        answer = await self.desks.client.post(
            f"/api/v1{path}", json=body or None, headers=by or self.desks.clerk
        )
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def print(self, path, *, by=None, kind="pdf"):
        return await document(self.desks.client, path, by or self.desks.clerk, kind)


@pytest.fixture
async def counter(client, clock):
    return await Counter(Desks(client, clock.instant), clock).build()


def both_see(seen, *codes):
    for decoder in (seen.zxing, seen.zbar):
        assert set(codes) <= decoder.bars
        assert set(codes) <= decoder.squares


async def test_every_kind_is_an_archive_copy_that_both_decoders_read(counter):
    await counter.post(f"/manifests/{counter.manifest}/seal")
    wanted = {
        f"/manifests/{counter.manifest}/manifest.pdf": (counter.manifest, counter.item),
        f"/manifests/{counter.manifest}/handover.pdf": (counter.manifest, counter.item),
        f"/items/{counter.item}/label.pdf": (counter.item,),
        f"/items/{counter.item}/consignment.pdf": (counter.item, counter.dossier),
        f"/dossiers/{counter.dossier}/control-sheet.pdf": (counter.dossier,),
        f"/pieces/{counter.item}/incident.pdf": (counter.item,),
    }
    for path, codes in wanted.items():
        made = await counter.print(path)
        assert all(claims(made).values()), (path, claims(made))
        both_see(read(made), *codes)
        assert await counter.print(path) == made, path
    paper = await counter.print(f"/manifests/{counter.manifest}/paper.pdf")
    assert all(claims(paper).values())


async def test_markup_in_a_name_is_text(counter):
    await counter.post(f"/manifests/{counter.manifest}/seal")
    for path in (
        f"/manifests/{counter.manifest}/handover.pdf",
        f"/items/{counter.item}/label.pdf",
        f"/items/{counter.item}/consignment.pdf",
        f"/dossiers/{counter.dossier}/control-sheet.pdf",
    ):
        assert holds(text_of(await counter.print(path)), NAME), path


async def test_a_label_printer_prints_what_the_pdf_shows(counter):
    zpl = await counter.print(f"/items/{counter.item}/label.zpl", kind="zpl")
    printed = labels.printed(zpl)
    for seen in (by_zxing([printed]), by_zbar([printed])):
        assert (seen.bars, seen.squares) == ({counter.item}, {counter.item})
    commands = labels.fields(zpl.decode())
    assert int(commands["BY"][0]) / 8 >= 0.33
    assert int(commands["BC"][0].split(",")[1]) / 8 >= 12.5
    assert commands["CI"] == ["28"]
    pdf_page = read(await counter.print(f"/items/{counter.item}/label.pdf")).pages[0]
    page = pdf_page.resize(printed.size).point(lambda level: 255 * (level >= 128)).convert("L")
    differing = sum(1 for one, other in zip(page.tobytes(), printed.tobytes(), strict=True) if one != other)
    assert differing / len(page.tobytes()) < 0.04
    assert DOTS_PER_INCH / 25.4 == 8


async def test_what_the_receiver_counted_stands_in_the_record(counter):
    await counter.post(f"/manifests/{counter.manifest}/seal")
    blank = text_of(await counter.print(f"/manifests/{counter.manifest}/handover.pdf"))
    assert not holds(blank, "hư hỏng")
    await counter.post(f"/manifests/{counter.manifest}/dispatch")
    at = counter.clock.advance(timedelta(hours=1))
    await scan(
        "receive", counter.item, DESK, at, manifest=counter.manifest, counterparty=OFFICE, condition="damaged",
        counted={"documents": 1, "originals": 1}, seal={"number": "NP-0001", "state": "broken"},
    )  # fmt: skip
    filled = text_of(
        await counter.print(f"/manifests/{counter.manifest}/handover.pdf", by=counter.desks.desk)
    )
    assert holds(filled, "hư hỏng, rách; niêm phong NP-0001 bị vỡ")
    assert holds(filled, "Thiếu")
    assert holds(filled, "Số dòng chênh lệch: 1 trên 1")
    await scan("report", counter.item, DESK, at + timedelta(minutes=1), condition="opened", reason="damaged")
    incident = text_of(await counter.print(f"/pieces/{counter.item}/incident.pdf", by=counter.desks.desk))
    for said in ("hư hỏng, rách", "NP-0001", "bị mở", "Bưu gửi hư hỏng", "Giấy chứng nhận", "bản chính"):
        assert holds(incident, said), said


async def test_the_control_sheet_has_one_row_for_each_handover_of_the_ledger(counter):
    await counter.post(f"/manifests/{counter.manifest}/seal")
    await counter.post(f"/manifests/{counter.manifest}/dispatch")
    at = counter.clock.advance(timedelta(hours=1))
    await scan("receive", counter.item, DESK, at, manifest=counter.manifest, counterparty=OFFICE)
    await scan("unpack", counter.dossier, DESK, at + timedelta(minutes=1), container=counter.item)
    sheet = text_of(
        await counter.print(f"/dossiers/{counter.dossier}/control-sheet.pdf", by=counter.desks.desk)
    )
    assert sheet.count("1.Giao:") == sheet.count("2.Nhận:") == 2
    assert holds(sheet, "08 giờ 00 phút, ngày 23 tháng 11 năm 2026")
    assert holds(sheet, "09 giờ 05 phút, ngày 23 tháng 11 năm 2026")
    assert holds(sheet, "Mẫu số 06")


async def test_a_paper_read_back_is_the_sealed_manifest_signed_by_this_house(counter, settings, tmp_path):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from postal.proof.signing import promise_signer

    sealed = await counter.post(f"/manifests/{counter.manifest}/seal")
    seen = read(await counter.print(f"/manifests/{counter.manifest}/paper.pdf"))
    signer = promise_signer(settings)

    def verify(key, text, signature):
        Ed25519PublicKey.from_public_bytes(signer.public).verify(signature, text)
        return key == signer.key_id.hex()

    keys = tmp_path / "keys.json"
    keys.write_text((await counter.desks.client.get("/api/v1/log/keys")).text)
    for decoder in (seen.zxing, seen.zbar):
        scanned = "\n".join(text for text in decoder.squares if text.startswith("PBK1:"))
        read_back = CliRunner().invoke(paper_command, ["--keys", str(keys), "--json"], input=scanned)
        assert read_back.exit_code == 0, read_back.output
        assert json.loads(read_back.output)["digest"] == sealed["digest"]
        paper = read_paper([text for text in decoder.squares if text.startswith("PBK1:")], verify)
        assert (paper.code, paper.digest, paper.pieces) == (
            counter.manifest,
            sealed["digest"],
            (counter.item,),
        )


async def test_a_draft_is_printed_as_one_and_is_no_handover(counter):
    assert holds(text_of(await counter.print(f"/manifests/{counter.manifest}/manifest.pdf")), "BẢN NHÁP")
    for name in ("handover.pdf", "paper.pdf"):
        answer = await counter.desks.client.get(
            f"/api/v1/manifests/{counter.manifest}/{name}", headers=counter.desks.clerk
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "manifest.not_sealed")


async def test_what_is_not_yours_is_not_there(counter):
    await counter.post(f"/manifests/{counter.manifest}/seal")
    for path in (
        f"/manifests/{counter.manifest}/manifest.pdf",
        f"/items/{counter.item}/label.pdf",
        f"/items/{counter.item}/label.zpl",
        f"/items/{counter.item}/consignment.pdf",
        f"/dossiers/{counter.dossier}/control-sheet.pdf",
        f"/pieces/{counter.item}/incident.pdf",
    ):
        answer = await counter.desks.client.get(f"/api/v1{path}", headers=counter.desks.stranger)
        assert answer.status_code == 404, path


async def test_only_items_have_a_note_and_only_items_and_bags_a_label(counter):
    bag = (await counter.post("/bags", destination=DESK, pieces=[counter.item], seal="NP-0002"))["code"]
    label = await counter.print(f"/items/{bag}/label.pdf")
    seen = read(label)
    assert bag in seen.zxing.bars & seen.zbar.bars & seen.zxing.squares & seen.zbar.squares
    assert holds(seen.text, "NP-0002")
    for code, name in (
        (counter.dossier, "label.pdf"),
        (counter.dossier, "label.zpl"),
        (bag, "consignment.pdf"),
    ):
        answer = await counter.desks.client.get(f"/api/v1/items/{code}/{name}", headers=counter.desks.clerk)
        assert (answer.status_code, answer.json()["code"]) == (422, "print.wrong_kind")


async def test_a_name_goes_to_those_who_need_it_and_never_comes_back_once_erased(counter):
    await counter.post(f"/manifests/{counter.manifest}/seal")
    sorter = await headers(OFFICE, Role.SORTER, now=counter.clock.instant)
    paths = (
        f"/items/{counter.item}/consignment.pdf",
        f"/items/{counter.item}/label.pdf",
        f"/manifests/{counter.manifest}/handover.pdf",
        f"/dossiers/{counter.dossier}/control-sheet.pdf",
    )
    for path in paths:
        assert not holds(text_of(await counter.print(path, by=sorter)), "Ưởng"), path
    await execute(
        "UPDATE applicant SET name = NULL, phone = NULL, address = NULL, salt = NULL, erased_at = now()"
    )
    for path in paths:
        text = text_of(await counter.print(path))
        assert holds(text, "đã xoá"), path
        assert not holds(text, "Ưởng"), path


async def test_a_sign_that_cannot_be_printed_is_refused_by_name(counter):
    await execute("UPDATE applicant SET name = 'Nguyễn 中 An'")
    for name in ("label.pdf", "label.zpl", "consignment.pdf"):
        answer = await counter.desks.client.get(
            f"/api/v1/items/{counter.item}/{name}", headers=counter.desks.clerk
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "print.glyph_missing")
        assert "中" in answer.json()["detail"]
        assert answer.json()["signs"] == ["U+4E2D"]


async def test_the_form_of_the_documents_day_is_used(counter):
    await execute(
        """
        INSERT INTO form_template (form, valid_from, layout, words, citation, status)
        SELECT form, $1, layout, words || '{"title": "Phiếu gửi mới"}', 'Thông tư mới', 'test'
        FROM form_template WHERE form = 'dossier_consignment'
        """,
        date(2026, 11, 24),
    )
    before = text_of(await counter.print(f"/items/{counter.item}/consignment.pdf"))
    assert holds(before, "PHIẾU GỬI HỒ SƠ")
    counter.clock.advance(timedelta(days=1))
    later = (await counter.post("/items", destination=DESK))["code"]
    after = text_of(await counter.print(f"/items/{later}/consignment.pdf"))
    assert holds(after, "PHIẾU GỬI MỚI")
    assert holds(after, "Mẫu thử: Thông tư mới")


async def test_a_result_goes_home_with_its_own_note(counter):
    desks = counter.desks
    await desks.states(counter.dossier, "received", "step_done", "completed")
    result = f"{counter.dossier}-KQ"
    item = (await counter.post("/items", by=desks.desk, destination="CITIZEN", pieces=[result]))["code"]
    seen = read(await counter.print(f"/items/{item}/consignment.pdf", by=desks.desk))
    assert {item, counter.dossier} <= seen.zxing.bars & seen.zbar.bars
    for said in ("PHIẾU GỬI KẾT QUẢ", NAME, "12/3 Lê Lợi", f"Kết quả giải quyết hồ sơ {counter.dossier}"):
        assert holds(seen.text, said), said
    assert f"http://testserver/rate?code={counter.dossier}" in seen.zxing.squares
    assert holds(seen.text, "http://testserver/rate")
    sheet = text_of(await counter.print(f"/items/{counter.item}/consignment.pdf"))
    assert holds(sheet, AUTHORITY)
    assert not holds(sheet, "/rate")
    await execute("UPDATE piece SET registered_at = '2026-11-20' WHERE code = $1", item)
    older = text_of(await counter.print(f"/items/{item}/consignment.pdf", by=desks.desk))
    assert not holds(older, "/rate"), "what was printed before this version prints as it was"
