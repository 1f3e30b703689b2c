"""Barcodes and labels: drawn here, read by others."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from postal.printing.barcodes import CODE_128_QUIET, QR_QUIET, code_128, large_qr, qr
from postal.printing.bitmap import Bitmap, bitmap_of
from postal.printing.zebra import Place, graphic, label
from tests.factories import labels
from tests.factories.documents import by_zbar, by_zxing


def test_a_drawing_has_its_quiet_zones():
    assert code_128("DH123456785VN").modules == 156 + 2 * CODE_128_QUIET
    assert f"M{CODE_128_QUIET} 0h2" in code_128("DH123456785VN").svg
    assert (
        qr("DH123456785VN").modules
        == segno.make_qr("DH123456785VN", error="m").symbol_size(border=QR_QUIET)[0]
    )
    assert large_qr("A" * 1990).modules == 137 + 2 * QR_QUIET


@given(st.integers(1, 60), st.integers(1, 12), st.data())
def test_a_picture_survives_the_way_to_the_printer(width, height, data):
    row_bytes = -(-width // 8)
    rows = st.one_of(
        st.binary(min_size=row_bytes, max_size=row_bytes),
        st.sampled_from([b"\x00" * row_bytes, b"\xff" * row_bytes]),
    )
    drawn = data.draw(st.lists(rows, min_size=height, max_size=height))
    picture = Bitmap(width, height, b"".join(drawn))
    printed = labels.graphic(graphic(picture).removeprefix("^GF"))
    assert bytes(~byte & 0xFF for byte in printed.tobytes()) == picture.data


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_png_is_read_as_another_reader_reads_it(mode, tmp_path):
    image = Image.effect_noise((67, 41), 90).convert(mode)
    image.paste(image.crop((0, 0, 67, 5)), (0, 20))
    image.save(tmp_path / "a.png")
    read = bitmap_of((tmp_path / "a.png").read_bytes())
    expected = image.convert("L").point(lambda level: 255 if level >= 128 else 0).convert("1")
    assert (read.width, read.height) == image.size
    ours = Image.frombytes("1", image.size, bytes(~byte & 0xFF for byte in read.data))
    assert ours.tobytes() == expected.tobytes()


def test_another_file_is_no_picture():
    with pytest.raises(ValueError, match="no PNG"):
        bitmap_of(b"GIF89a")


@pytest.mark.parametrize("lowers", [0, 10])
def test_a_label_is_read_from_the_printers_dots(lowers):
    white = Bitmap(840, 1184, bytes(105 * 1184))
    zpl = label(white, "DH123456785VN", Place(68, 110, 4, 704, 160), Place(552, 848, 8, 232, 232))
    page = labels.printed(zpl, lowers_qr=lowers)
    for seen in (by_zxing([page]), by_zbar([page])):
        assert (seen.bars, seen.squares) == ({"DH123456785VN"}, {"DH123456785VN"})


def test_a_code_that_would_end_its_field_is_refused():
    white = Bitmap(8, 1, b"\x00")
    with pytest.raises(ValueError, match="as it is"):
        label(white, "A^XZ", Place(0, 0, 1, 1, 1), Place(0, 0, 1, 1, 1))
