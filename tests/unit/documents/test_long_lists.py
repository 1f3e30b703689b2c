"""Two hundred lines on paper: rendered at 203 dpi, each read by two decoders, and the text the same as the data."""

import os

from manifests.documents.rules import Form, read_paper, write_paper
from manifests.documents.rules.facts import Counted
from manifests.documents.rules.sheets import handover_data, manifest_data, paper_data
from manifests.documents.service.setting import layout
from postal.printing.typesetting import pdf
from tests.factories.documents import claims, holds, read
from tests.factories.sheets import AT, NAMES, SEAL, manifest_of, papers_of, pieces_of, sealed, template

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
LINES = 200
OTHER_LISTS = 200 if FULL else 25


def test_a_manifest_of_two_hundred_lines_is_read_twice_over():
    manifest = manifest_of(LINES)
    inside = {code: (papers_of(n).code,) for n, code in enumerate(manifest.pieces)}
    filled = manifest_data(template(Form.MANIFEST), manifest, NAMES, pieces_of(manifest), inside)
    made = pdf(layout("manifest"), filled, AT)
    assert len(made) <= 350_000
    assert all(claims(made).values())
    seen = read(made)
    every = {*manifest.pieces, manifest.code}
    for decoder in (seen.zxing, seen.zbar):
        assert every - decoder.bars == set()
        assert every - decoder.squares == set()
    assert [
        code for code in (*every, *(each for (each,) in inside.values())) if not holds(seen.text, code)
    ] == []
    assert holds(seen.text, str(manifest.digest))


def test_a_record_of_a_handover_shows_each_dossier_and_its_owner():
    manifest = manifest_of(OTHER_LISTS)
    papers = {each.code: each for each in map(papers_of, range(OTHER_LISTS))}
    inside = dict(zip(manifest.pieces, ((code,) for code in papers), strict=True))
    counted = {manifest.pieces[0]: Counted(documents=3, originals=1, condition="damaged")}
    owners = {code: each.person.name for code, each in papers.items()}
    filled = handover_data(template(Form.HANDOVER), manifest, NAMES, inside, papers, owners, counted)
    made = pdf(layout("handover"), filled, AT)
    assert all(claims(made).values())
    seen = read(made)
    every = {*manifest.pieces, manifest.code}
    for decoder in (seen.zxing, seen.zbar):
        assert every - decoder.bars == set()
        assert every - decoder.squares == set()
    assert [text for text in (*papers, *owners.values()) if not holds(seen.text, text)] == []
    assert filled["rows"][0]["complete"] == "Thiếu"
    assert holds(seen.text, "hư hỏng, rách")


def test_an_office_without_a_network_reads_the_list_back_from_paper():
    manifest = manifest_of(max(OTHER_LISTS, 120))
    payloads = write_paper(sealed(manifest), SEAL)
    made = pdf(layout("paper"), paper_data(template(Form.PAPER), manifest, NAMES, payloads), AT)
    assert all(claims(made).values())
    seen = read(made)
    for decoder in (seen.zxing, seen.zbar):
        assert {*manifest.pieces, manifest.code} - decoder.bars == set()
        scanned = [text for text in decoder.squares if text.startswith("PBK1:")]
        assert len(scanned) == len(payloads) >= 2
        assert read_paper(
            scanned, lambda key, text, made: (key, made) == (SEAL.key, SEAL.sign(text))
        ) == sealed(manifest)
    assert [code for code in manifest.pieces if not holds(seen.text, code)] == []
    assert holds(seen.text, f"Mã QR số 2 trên {len(payloads)}")
