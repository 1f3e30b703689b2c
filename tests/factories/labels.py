"""A label printer for tests: reads the ZPL that is sent to it and prints the dots."""

import re

import segno
from barcode import Code128
from PIL import Image, ImageDraw

REPEATS = {sign: number for number, sign in enumerate("GHIJKLMNOPQRSTUVWXY", 1)} | {
    sign: number * 20 for number, sign in enumerate("ghijklmnopqrstuvwxyz", 1)
}


def fields(zpl: str) -> dict[str, list[str]]:
    """Give the parameters of every command, by its name."""
    found: dict[str, list[str]] = {}
    for command in re.split(r"[\^~]", zpl.replace("\n", ""))[1:]:
        found.setdefault(command[:2], []).append(command[2:])
    return found


def graphic(parameters: str) -> Image.Image:
    """Print the dots of a ^GF command in compressed hex."""
    kind, total, size, width, data = parameters.split(",", 4)
    assert kind == "A"
    assert total == size
    digits = 2 * int(width)
    rows: list[str] = []
    row, count = "", 0
    for sign in data:
        if sign in REPEATS:
            count += REPEATS[sign]
            continue
        if sign == ":":
            assert row == ""
            rows.append(rows[-1])
        elif sign in ",!":
            rows.append(row.ljust(digits, "0" if sign == "," else "F"))
            row = ""
        else:
            row += sign * (count or 1)
            count = 0
            assert len(row) <= digits
            if len(row) == digits:
                rows.append(row)
                row = ""
    assert row == ""
    assert len(rows) * int(width) == int(total)
    return Image.frombytes(
        "1", (int(width) * 8, len(rows)), bytes(~byte & 0xFF for byte in bytes.fromhex("".join(rows)))
    )


def printed(zpl: bytes, *, lowers_qr: int = 10) -> Image.Image:
    """Print a label of ours: the picture, then its bar code and its QR code where their origins say."""
    text = zpl.decode("ascii")
    assert text.startswith("^XA")
    assert text.rstrip().endswith("^XZ")
    commands = fields(text)
    width, height = int(commands["PW"][0]), int(commands["LL"][0])
    label = Image.new("L", (width, height), 255)
    label.paste(graphic(commands["GF"][0]).convert("L"), (0, 0))
    draw = ImageDraw.Draw(label)
    (bar_x, bar_y), (square_x, square_y) = [tuple(map(int, each.split(","))) for each in commands["FO"][1:3]]
    module = int(commands["BY"][0])
    _, bar_height, *rest = commands["BC"][0].split(",")
    assert rest == ["N", "N", "N", "A"]
    for at, bar in enumerate(Code128(commands["FD"][0]).build()[0]):
        if bar == "1":
            left = bar_x + at * module
            draw.rectangle((left, bar_y, left + module - 1, bar_y + int(bar_height) - 1), fill=0)
    side = int(commands["BQ"][0].split(",")[2])
    mode, code = commands["FD"][1].split(",")
    assert mode == "MA"
    for y, row in enumerate(segno.make_qr(code, error="m").matrix):
        for x, dark in enumerate(row):
            left, top = square_x + x * side, square_y + lowers_qr + y * side
            if dark:
                draw.rectangle((left, top, left + side - 1, top + side - 1), fill=0)
    return label
