"""`postal paper`: reads a manifest back from the QR codes of its paper, on a machine without network or database."""

from pathlib import Path
from typing import TextIO

import click

from manifests.documents.rules import Sealed, Verify, read_paper
from postal.cli.options import json_option, say_json
from postal.errors import BadInput

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(short_help="Read a manifest back from the QR codes of its paper.")
@click.option(
    "--keys", type=FILE, help="Public keys that somebody kept (GET /api/v1/log/keys): check who signed."
)
@json_option
@click.argument("codes", type=click.File(encoding="utf-8"), default="-")
def paper(*, keys: Path | None, as_json: bool, codes: TextIO) -> None:
    """Read the texts of a paper's QR codes, one a line, from a file or as a scanner types them (end with Ctrl-D).

    Ends with status 1 if a code is damaged, altered, of another paper or missing, or if digest or signature are wrong.
    """
    payloads = [line.strip() for line in codes if line.strip()]
    sealed = read_paper(payloads, _verifier(keys) if keys else None)
    if as_json:
        say_json(sealed)
        return
    click.echo("\n".join(_sentences(sealed, checked=keys is not None)))


def _sentences(sealed: Sealed, *, checked: bool) -> list[str]:
    signed = (
        "chữ ký đúng / signature good" if checked else "chưa kiểm chữ ký / signature not checked (--keys)"
    )
    return [
        f"Bảng kê / manifest {sealed.code}: {sealed.giver} → {sealed.receiver}; {signed}",
        f"{len(sealed.pieces)} dòng / lines",
        f"Mã băm / digest {sealed.digest}",
        *(f"{n:>4} {piece}" for n, piece in enumerate(sealed.pieces, 1)),
    ]


def _verifier(keys: Path) -> Verify:
    """Give what checks signatures by kept keys of counters; one that is no longer valid still vouches for old paper."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from postal.proof import standalone
    from postal.proof.rules.notes import key_id

    try:
        known = standalone.keys_of(keys.read_text(encoding="utf-8"))
    except standalone.Wrong:
        raise BadInput(
            "paper.keys", vi="Tệp khóa không đọc được", en="The file of keys cannot be read", file=str(keys)
        ) from None
    by_id = {key_id(each.name, each.public).hex(): each.public for each in known if each.role == "promise"}

    def verify(key: str, text: bytes, signature: bytes) -> bool:
        if key not in by_id:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(by_id[key]).verify(signature, text)
        except InvalidSignature:
            return False
        return True

    return verify


COMMANDS = (paper,)
