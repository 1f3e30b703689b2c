"""A file is what its bytes say, and it must open as that."""

import pytest

from postal.errors import BadInput, TooLarge, Unprocessable, UnsupportedMedia
from postal.files.rules import FileKind, Sketch, judged, refuse_size, sniffed
from postal.files.rules.media import HEAD
from tests.factories.files import paper, picture

FORMS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
WHOLE = {media: picture(form, (200, 150)) for media, form in FORMS.items()} | {"application/pdf": paper()}


def sketch_of(data, step=1000):
    sketch = Sketch()
    for at in range(0, len(data), step):
        sketch.add(data[at : at + step])
    return sketch


@pytest.mark.parametrize("media", WHOLE)
@pytest.mark.parametrize("step", [1, 777, 1 << 20])
def test_what_opens_is_known_by_its_bytes(media, step):
    assert judged(sketch_of(WHOLE[media], step), FileKind.SCAN) == media


@pytest.mark.parametrize("media", WHOLE)
@pytest.mark.parametrize("left", [0.3, 0.6, 0.9])
def test_what_was_cut_short_is_refused(media, left):
    data = WHOLE[media]
    with pytest.raises((Unprocessable, UnsupportedMedia)) as refused:
        judged(sketch_of(data[: int(len(data) * left)]), FileKind.SCAN)
    assert refused.value.code in {"file.broken", "file.type"}


@pytest.mark.parametrize(
    "data",
    [
        b"just text, whatever its name says\n" * 200,
        "Giấy ủy quyền".encode() * 300,
        b"\x00" * 5000,
        b"<html><script>alert(1)</script>" + b" " * 5000,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\x01" * 3000,
        b"MZ" + b"\x90" * 4000,
        b"PK\x03\x04" + b"x" * 4000,
        b"\x1f\x8b" + b"x" * 4000,
        b"x",
    ],
)
def test_what_is_none_of_the_types_is_refused_and_they_are_named(data):
    with pytest.raises(UnsupportedMedia) as refused:
        judged(sketch_of(data), FileKind.SCAN)
    assert refused.value.code == "file.type"
    assert "PDF" in refused.value.vi
    assert "PDF" in refused.value.en


def test_a_kind_takes_its_own_types_only():
    assert sniffed(WHOLE["application/pdf"], FileKind.PROXY) == "application/pdf"
    for kind in (FileKind.PHOTO, FileKind.SIGNATURE):
        with pytest.raises(UnsupportedMedia):
            sniffed(WHOLE["application/pdf"], kind)


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xd8\xff\xe0" + b"\x00\x10JFIF\x00" + b"text " * 500,
        b"\x89PNG\r\n\x1a\n" + b"text " * 500,
        b"RIFF" + (2000).to_bytes(4, "little") + b"WEBP" + b"text " * 500,
        b"%PDF-1.7\n" + b"text " * 500,
    ],
)
def test_the_first_bytes_of_a_picture_before_text_make_no_picture(head):
    with pytest.raises((Unprocessable, UnsupportedMedia)):
        judged(sketch_of(head), FileKind.SCAN)


def test_a_picture_that_says_it_has_no_pixels_or_far_too_many_is_refused():
    data = bytearray(WHOLE["image/png"])
    for width in (0, 1_000_000):
        import zlib

        data[16:20] = width.to_bytes(4, "big")
        data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
        with pytest.raises(Unprocessable):
            judged(sketch_of(bytes(data)), FileKind.PHOTO)


def test_what_a_camera_appends_to_a_picture_does_not_spoil_it():
    film = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 3_000_000
    assert judged(sketch_of(WHOLE["image/jpeg"] + film, 65536), FileKind.SCAN) == "image/jpeg"


def test_the_end_of_a_large_picture_is_seen_wherever_the_pieces_are_cut():
    whole = WHOLE["image/jpeg"]
    large = whole[:-2] + b"\x01" * (HEAD + 1000) + whole[-2:]
    for step in (HEAD + 999, len(large) - 1, 4096):
        assert judged(sketch_of(large, step), FileKind.SCAN) == "image/jpeg"
    with pytest.raises(Unprocessable):
        judged(sketch_of(large[:-2], 4096), FileKind.SCAN)


def test_a_preview_inside_a_picture_that_was_cut_is_not_taken_for_its_end():
    preview = WHOLE["image/jpeg"][:2000] + b"\xff\xd9"
    segment = b"\xff\xe1" + (len(preview) + 2).to_bytes(2, "big") + preview
    whole = WHOLE["image/jpeg"]
    framed = whole[:2] + segment + whole[2:]
    assert judged(sketch_of(framed), FileKind.PHOTO) == "image/jpeg"
    with pytest.raises(Unprocessable):
        judged(sketch_of(framed[:-2]), FileKind.PHOTO)


def test_an_empty_file_and_one_over_the_limit_are_refused():
    with pytest.raises(BadInput) as empty:
        refuse_size(0, 10)
    with pytest.raises(TooLarge) as large:
        refuse_size(11, 10)
    assert (empty.value.code, large.value.code) == ("file.empty", "file.too_large")
    refuse_size(10, 10)
