"""A manifest as QR codes on paper, so that an office without a network can reconcile.

Each code holds at most 100 lines. Its text is `PBK1:` and, in base 45 (RFC 9285, the signs of a QR code's alphanumeric
mode), four bytes of CRC-32 (big-endian) of what follows and a zlib stream of UTF-8 lines, each ended by a line feed:

```
postal:paper:1
part 1 of 2
manifest BK-261123-K7M2QX
digest 5f0c…            (64 hex digits: the digest that sealing fixed, see `manifests.manifests.rules.canonical_text`)
giver BC-10000          (this and the next six in part 1 only)
receiver MC-00001
carrier -
sealed_at 2026-11-23T01:00:00.000000Z
lines 143
key 5be1c07a            (which key signed, in hex; `-` where nobody did)
signature 7b1e…         (Ed25519 of `signed_text`, in hex; `-` where nobody signed)
1 DH123456785VN         (number and code of each line, numbers going on through the parts)
```

A reader joins the parts in any order, writes the canonical text of the manifest again from what they say and compares
its digest; so no byte can differ from what was sealed. The signature tells who printed it.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from manifests.manifests.rules import canonical_text, digest_of
from postal.errors import Unprocessable
from postal.instants import Instant
from postal.ledger.rules import canonical_instant

PREFIX = "PBK1:"
FIRST_LINE = "postal:paper:1"
MOST_LINES = 100
MOST_SIGNS = 1990
"""What version 30 holds at error correction M: larger codes read badly from a phone's camera."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MOST_PARTS = 1000
LONGEST_TEXT = 100_000
CRC_BYTES = 4
"""The stream's own sum leaves a few bits of its end unseen."""

Verify = Callable[[str, bytes, bytes], bool]
"""Judges (key, what was signed, signature)."""

_PART = re.compile(r"part ([1-9][0-9]{0,3}) of ([1-9][0-9]{0,3})")
_LINE = re.compile(r"([1-9][0-9]*) (\S+)")
_HEAD = ("giver", "receiver", "carrier", "sealed_at", "lines", "key", "signature")


class Sealed(Struct, frozen=True, kw_only=True):
    """What sealing fixed of a manifest."""

    code: str
    giver: str
    receiver: str
    carrier: str | None
    sealed_at: Instant
    digest: str
    pieces: tuple[str, ...]


class Seal(Struct, frozen=True):
    """Who signs a paper: the name of a key, and what signs with it."""

    key: str
    sign: Callable[[bytes], bytes]


class _Part(Struct, frozen=True, kw_only=True):
    number: int
    of: int
    manifest: str
    digest: str
    head: dict[str, str]
    lines: tuple[tuple[int, str], ...]


def signed_text(digest: str) -> bytes:
    """Give what a paper's signature signs: its purpose and the digest of the list."""
    return f"{FIRST_LINE}\ndigest {digest}\n".encode()


def write_paper(sealed: Sealed, seal: Seal | None) -> list[str]:
    """Write a manifest as the texts of its QR codes."""
    signature = (seal.key, seal.sign(signed_text(sealed.digest)).hex()) if seal else ("-", "-")
    numbered = list(enumerate(sealed.pieces, 1))
    chunks = [numbered[at : at + MOST_LINES] for at in range(0, len(numbered), MOST_LINES)]
    while True:
        texts = [
            _payload(sealed, signature, number, len(chunks), chunk) for number, chunk in enumerate(chunks, 1)
        ]
        if all(len(text) <= MOST_SIGNS for text in texts):
            return texts
        chunks = [
            half
            for text, chunk in zip(texts, chunks, strict=True)
            for half in (_halves(chunk) if len(text) > MOST_SIGNS else [chunk])
        ]


def read_paper(payloads: Iterable[str], verify: Verify | None = None) -> Sealed:
    """Read the QR codes of a paper, in any order, repeated or not; give the manifest that was sealed.

    `verify` judges the signature; without it only the digest is checked, which tells that nothing was changed by
    accident, not who wrote it.

    Raises:
        Unprocessable: A code is none of ours, altered, of another paper or missing, or digest or signature are wrong.
    """
    parts: dict[int, _Part] = {}
    for payload in payloads:
        part = _read(payload)
        if (known := parts.setdefault(part.number, part)) != part:
            raise _mixed(known.manifest, part.manifest)
    first = next(iter(parts.values()), None)
    if first is None:
        raise _incomplete([1])
    for part in parts.values():
        if (part.manifest, part.digest, part.of) != (first.manifest, first.digest, first.of):
            raise _mixed(first.manifest, part.manifest)
    if missing := sorted(set(range(1, first.of + 1)) - parts.keys()):
        raise _incomplete(missing)
    sealed = _joined([parts[number] for number in sorted(parts)])
    _refuse_forged(sealed, parts[1].head, verify)
    return sealed


def base45(data: bytes) -> str:
    """Write bytes in base 45 (RFC 9285)."""
    signs = []
    for at in range(0, len(data) - 1, 2):
        value = data[at] << 8 | data[at + 1]
        signs += [value % 45, value // 45 % 45, value // 2025]
    if len(data) % 2:
        signs += [data[-1] % 45, data[-1] // 45]
    return "".join(ALPHABET[sign] for sign in signs)


def from_base45(text: str) -> bytes:
    """Read base 45; raises ValueError for what it never writes."""
    signs = [ALPHABET.index(sign) for sign in text]
    data = bytearray()
    for at in range(0, len(signs), 3):
        group = signs[at : at + 3]
        value = sum(sign * 45**place for place, sign in enumerate(group))
        if len(group) == 1 or value >= 256 ** (len(group) - 1):
            raise ValueError("no base 45")
        data += value.to_bytes(len(group) - 1, "big")
    return bytes(data)


def _payload(
    sealed: Sealed, signature: tuple[str, str], number: int, of: int, lines: Sequence[tuple[int, str]]
) -> str:
    facts = [FIRST_LINE, f"part {number} of {of}", f"manifest {sealed.code}", f"digest {sealed.digest}"]
    if number == 1:
        facts += [
            f"giver {sealed.giver}",
            f"receiver {sealed.receiver}",
            f"carrier {sealed.carrier or '-'}",
            f"sealed_at {canonical_instant(sealed.sealed_at)}",
            f"lines {len(sealed.pieces)}",
            f"key {signature[0]}",
            f"signature {signature[1]}",
        ]
    facts += [f"{n} {piece}" for n, piece in lines]
    packed = zlib.compress("".join(f"{fact}\n" for fact in facts).encode(), 9)
    return PREFIX + base45(zlib.crc32(packed).to_bytes(CRC_BYTES, "big") + packed)


def _halves(chunk: list[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    middle = (len(chunk) + 1) // 2
    return [chunk[:middle], chunk[middle:]]


def _read(payload: str) -> _Part:
    if not payload.startswith(PREFIX):
        raise Unprocessable(
            "paper.not_ours", vi="Mã này không phải của bảng kê giấy", en="This code is no manifest paper's"
        )
    try:
        return _parse(_text(payload.removeprefix(PREFIX)))
    except (ValueError, KeyError, zlib.error):
        raise _altered() from None


def _text(encoded: str) -> str:
    data = from_base45(encoded)
    packed = data[CRC_BYTES:]
    if zlib.crc32(packed) != int.from_bytes(data[:CRC_BYTES], "big"):
        raise ValueError("other bytes")
    # Limited, so that a forged code cannot unpack to more than memory holds.
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(packed, LONGEST_TEXT)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("no whole stream")
    return text.decode()


def _parse(text: str) -> _Part:
    first, part, *rest = text.removesuffix("\n").split("\n")
    place = _PART.fullmatch(part)
    if first != FIRST_LINE or place is None or not text.endswith("\n"):
        raise ValueError("no paper")
    number, of = int(place[1]), int(place[2])
    names = ("manifest", "digest", *(_HEAD if number == 1 else ()))
    facts = dict(line.split(" ", 1) for line in rest[: len(names)])
    lines = [_LINE.fullmatch(line) for line in rest[len(names) :]]
    if tuple(facts) != names or number > of or of > MOST_PARTS or None in lines:
        raise ValueError("no paper")
    return _Part(
        number=number,
        of=of,
        manifest=facts.pop("manifest"),
        digest=facts.pop("digest"),
        head=facts,
        lines=tuple((int(line[1]), line[2]) for line in lines if line),
    )


def _joined(parts: Sequence[_Part]) -> Sealed:
    head = parts[0].head
    lines = [line for part in parts for line in part.lines]
    if [n for n, _ in lines] != list(range(1, len(lines) + 1)) or head["lines"] != str(len(lines)):
        raise _altered()
    try:
        sealed_at = datetime.fromisoformat(head["sealed_at"])
    except ValueError:
        raise _altered() from None
    return Sealed(
        code=parts[0].manifest,
        giver=head["giver"],
        receiver=head["receiver"],
        carrier=None if head["carrier"] == "-" else head["carrier"],
        sealed_at=sealed_at,
        digest=parts[0].digest,
        pieces=tuple(piece for _, piece in lines),
    )


def _refuse_forged(sealed: Sealed, head: Mapping[str, str], verify: Verify | None) -> None:
    text = canonical_text(
        sealed.code, sealed.giver, sealed.receiver, sealed.carrier, sealed.sealed_at, sealed.pieces
    )
    if digest_of(text) != sealed.digest:
        raise _altered()
    if verify is None:
        return
    try:
        good = verify(head["key"], signed_text(sealed.digest), bytes.fromhex(head["signature"]))
    except ValueError:
        good = False
    if not good:
        raise Unprocessable(
            "paper.signature",
            vi="Chữ ký trên bảng kê giấy không đúng; hãy hỏi lại bên giao",
            en="The paper's signature is wrong; ask the giver",
            manifest=sealed.code,
        )


def _altered() -> Unprocessable:
    return Unprocessable(
        "paper.altered",
        vi="Mã QR bị hỏng hoặc đã bị sửa; hãy quét lại hoặc in lại bảng kê giấy",
        en="The code is damaged or was altered; scan it again or print the paper again",
    )


def _mixed(one: str, other: str) -> Unprocessable:
    return Unprocessable(
        "paper.mixed",
        vi="Các mã QR thuộc những bản in khác nhau; hãy quét lại từ một bản",
        en="The codes are of different papers; scan those of one paper",
        manifests=sorted({one, other}),
    )


def _incomplete(missing: Sequence[int]) -> Unprocessable:
    named = ", ".join(str(number) for number in missing[:20])
    return Unprocessable(
        "paper.part_missing",
        vi=f"Còn thiếu mã QR số {named}",
        en=f"Codes still missing: {named}",
        missing=list(missing[:20]),
    )
