"""`postal verify` and `postal log` in this process: on the database, on files, and what they say when it is wrong."""

import json

import pytest
from click.testing import CliRunner

from postal.cli.main import group
from postal.errors import Unprocessable
from postal.proof import exporting, service, standalone
from postal.proof.rules import Promise, Side, leaf_hash, signed_promise
from postal.proof.signing import promise_signer
from postal.proof.verification import verify_all
from tests.factories.ledger import NOW
from tests.factories.proof import Log, rows_recorded


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setattr("postal.registry.projectors", tuple)
    return Log(tmp_path / "data")


@pytest.fixture
async def kept(database, log, tmp_path):
    """Everything that a careful party keeps."""
    await rows_recorded(9)
    await log.gather()
    await rows_recorded(2)
    rows = await exporting.export(tmp_path / "log.jsonl", tmp_path / "leaves.txt", lambda _done, _total: None)
    assert rows == 11
    (tmp_path / "kept.txt").write_text((await service.checkpoint()).note)
    (tmp_path / "keys.json").write_text(await log.keys_text())
    return tmp_path


def run(*words):
    done = CliRunner().invoke(group, ["verify", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code


def judged(folder, capfdbinary, *words):
    status = standalone.main([*map(str, words), "--keys", str(folder / "keys.json"), "--json"])
    return status, json.loads(capfdbinary.readouterr().out)


async def test_an_export_verifies_against_a_checkpoint_that_was_kept(kept, capfdbinary):
    words = ("export", kept / "log.jsonl", "--checkpoint", kept / "kept.txt")
    status, told = judged(kept, capfdbinary, *words)
    assert (status, told["code"], told["covered"], told["beyond"]) == (0, "log.verified", 9, 2)
    assert run(*words, "--keys", kept / "keys.json") == 0


@pytest.mark.parametrize("what", ["changed", "deleted", "swapped", "inserted", "truncated", "longer"])
async def test_a_changed_export_is_found_and_the_row_named_where_hashes_were_kept(kept, capfdbinary, what):
    lines = (kept / "log.jsonl").read_bytes().splitlines()
    names = [json.loads(line)["content"]["id"] for line in lines]
    if what == "changed":
        lines[4] = lines[4].replace(b'"person":"NV-1"', b'"person":"NV-2"')
    elif what == "deleted":
        del lines[4]
    elif what == "swapped":
        lines[2], lines[5] = lines[5], lines[2]
    elif what == "inserted":
        lines.insert(4, lines[4].replace(b'"seq":1', b'"seq":2'))
    elif what == "truncated":
        lines = lines[:6]
    else:
        lines[4] += b" "
    (kept / "log.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    words = ("export", kept / "log.jsonl", "--checkpoint", kept / "kept.txt")
    status, told = judged(kept, capfdbinary, *words)
    assert (status, told["code"], told["rows"]) == (1, "log.altered", [])
    _, told = judged(kept, capfdbinary, *words, "--leaves", kept / "leaves.txt")
    if what in {"changed", "inserted", "longer"}:
        assert told["rows"] == [names[4]]
    if what in {"deleted", "changed"}:
        assert told["gone"] == [4]
    assert told["rows"] or told["gone"] or told["moved"]


async def test_a_promise_that_was_not_kept_is_proven_by_an_export(kept, log, capfdbinary):
    lines = (kept / "log.jsonl").read_bytes().splitlines()
    side = Side(organisation="BC-1", person=None, at=NOW)
    words = ("--export", kept / "log.jsonl", "--checkpoint", kept / "kept.txt")
    signer = promise_signer(log.settings)
    await service.repository.add_key(signer.public, signer.role, signer.name, NOW.replace(hour=0))
    (kept / "keys.json").write_text(await log.keys_text())
    for leaf, by, code in (
        (leaf_hash(lines[3]), NOW, "receipt.verified"),
        (leaf_hash(b"never"), NOW.replace(hour=0, minute=59), "receipt.not_kept"),
        (leaf_hash(b"never"), NOW.replace(minute=1), "receipt.pending"),
    ):
        promise = Promise(
            number="GN-261123-ABCDEFGH",
            manifest="BK-261123-ABCDEF",
            digest=bytes(32),
            rows=1,
            rows_digest=bytes(32),
            counts={"matched": 1},
            giver=side,
            receiver=side,
            at=NOW.replace(hour=0, minute=58),
            by=by,
            leaf=leaf,
        )
        (kept / "promise.txt").write_text(
            signed_promise(promise, signer.name, signer.public, signer.sign), encoding="utf-8"
        )
        status, told = judged(kept, capfdbinary, "promise", kept / "promise.txt", *words)
        assert (told["code"], status) == (code, int(code == "receipt.not_kept"))


async def test_the_database_is_verified_against_what_was_kept(kept, database):
    texts = [(kept / name).read_text() for name in ("kept.txt", "leaves.txt", "keys.json")]
    found = await verify_all(*texts)
    assert found.is_well
    assert (found.ledger.rows, found.log.covered, found.log.waiting) == (11, 9, 2)


async def test_a_checkpoint_of_another_system_is_not_taken(kept, tmp_path, database):
    other = Log(tmp_path / "other", name="elsewhere")
    await other.gather(NOW)
    note = (await service.checkpoint()).note
    assert note.startswith("elsewhere/log/")
    with pytest.raises(Unprocessable) as refused:
        await verify_all(note, None, (kept / "keys.json").read_text())
    assert refused.value.code == "receipt.foreign"


@pytest.mark.parametrize("words", [("export", "no-such-file"), ("receipt", "no-such-file")])
async def test_a_file_that_is_not_there_ends_with_two(kept, words):
    assert run(*words, "--keys", kept / "keys.json") == 2


async def test_a_file_that_is_no_receipt_is_told_so(kept, capfdbinary):
    (kept / "photo").write_text("no receipt")
    for what in ("receipt", "promise"):
        status, told = judged(kept, capfdbinary, what, kept / "photo")
        assert (status, told["code"]) == (1, "receipt.unreadable")
        assert all(standalone.SENTENCES[told["code"]])


def test_every_verdict_has_its_sentences_in_both_languages():
    assert {
        "receipt.verified",
        "receipt.pending",
        "promise.verified",
        "log.verified",
        "log.consistent",
    } == set(standalone.GOOD)
    assert len(standalone.SENTENCES) == 15
    assert all(vi and en and vi != en for vi, en in standalone.SENTENCES.values())
