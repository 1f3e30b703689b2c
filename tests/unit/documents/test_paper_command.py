"""Reading a paper at a machine that has nothing but this program."""

import base64
import json

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from manifests.documents.cli import paper
from manifests.documents.rules import Seal, write_paper
from postal.cli.main import group
from postal.errors import PostalError
from postal.proof.rules.notes import key_id
from tests.factories.sheets import manifest_of, sealed

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
NAME = "postal.example/promise"
MANIFEST = manifest_of(130)
PAYLOADS = write_paper(sealed(MANIFEST), Seal(key_id(NAME, PUBLIC).hex(), KEY.sign))


@pytest.fixture
def keys(tmp_path):
    listed = {
        "name": NAME,
        "role": "promise",
        "public_key": base64.b64encode(PUBLIC).decode(),
        "valid_from": "2026-11-22T00:00:00Z",
        "valid_to": None,
    }
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [listed]}))
    return str(path)


def said(*arguments, codes=tuple(PAYLOADS)):
    return CliRunner().invoke(paper, arguments, input="\n".join(codes))


def test_a_paper_is_read_line_by_line(keys):
    answer = said("--keys", keys, codes=PAYLOADS[::-1])
    assert answer.exit_code == 0, answer.output
    assert "chữ ký đúng" in answer.output
    assert [line.split()[1] for line in answer.output.splitlines()[3:]] == list(MANIFEST.pieces)
    assert "chưa kiểm chữ ký" in said().output
    assert json.loads(said("--json").output)["digest"] == MANIFEST.digest


def test_what_is_wrong_with_a_paper_is_said(keys, tmp_path):
    forged = write_paper(sealed(MANIFEST), Seal(key_id(NAME, PUBLIC).hex(), lambda text: bytes(64)))
    strange = write_paper(sealed(MANIFEST), Seal("00000000", KEY.sign))
    nothing = tmp_path / "nothing.json"
    nothing.write_text("{}")
    for arguments, codes, wanted in (
        (("--keys", keys), forged, "paper.signature"),
        (("--keys", keys), strange, "paper.signature"),
        (("--keys", keys), PAYLOADS[:1], "paper.part_missing"),
        ((), [PAYLOADS[0][:-3] + "ABC", PAYLOADS[1]], "paper.altered"),
        ((), ["DH123456785VN"], "paper.not_ours"),
        (("--keys", str(nothing)), PAYLOADS, "paper.keys"),
    ):
        error = said(*arguments, codes=codes).exception
        assert isinstance(error, PostalError)
        assert error.code == wanted


def test_the_command_is_there():
    assert "paper" in group.list_commands(None)
