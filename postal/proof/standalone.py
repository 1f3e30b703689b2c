"""Kiểm chứng biên nhận bàn giao / Verify receipts of handovers, without the system that gave them.

One file: Python 3.11 and the package `cryptography`, nothing else, no network, no clock. Keep the answer of
GET /api/v1/log/keys and of GET /api/v1/log/checkpoint beside it, on the day you get a receipt.

    verify.py promise  PROMISE.txt   --keys keys.json [--checkpoint CP.txt] [--export LOG.jsonl]
    verify.py receipt  RECEIPT.json  --keys keys.json [--checkpoint KEPT.txt --consistency PROOF.json]
    verify.py export   LOG.jsonl     --keys keys.json --checkpoint KEPT.txt [--leaves LEAVES.txt]
    verify.py consistency OLD.txt NEW.txt PROOF.json --keys keys.json

Ends with 0 when all is well, 1 when something is wrong, 2 when it could not be judged. It cannot tell whether what was
entered was true, nor anything of rows that no kept checkpoint covers, nor anything at all when the log, its keys and
every kept checkpoint come from the same hand.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CLASSES = "matched missing awaiting_device extra damaged misrouted unverified contested"
_SENTENCES = """
receipt.verified Biên nhận đúng: dòng bàn giao có trong sổ và chưa bị sửa.
The receipt is right: the handover is in the log, unchanged.
receipt.pending Chữ ký đúng; dòng bàn giao sẽ vào sổ trước thời điểm đã hứa, hãy lấy lại biên nhận sau đó.
The signature is right; the log will have the handover by the promised time: get the receipt again then.
promise.verified Chữ ký đúng; sau thời điểm đã hứa hãy lấy biên nhận đầy đủ theo cùng số.
The signature is right; after the promised time get the full receipt under the same number.
log.consistent Điểm kiểm mới nối tiếp điểm kiểm cũ, không dòng nào bị sửa.
The newer checkpoint continues the older one; no row was changed.
log.verified Các dòng đúng như điểm kiểm đã lưu.
The rows are as the kept checkpoint says.
receipt.unreadable Không đọc được: bị cắt cụt, hoặc đây không phải biên nhận; hãy dùng bản gốc.
This cannot be read: it is cut off, or no receipt at all; use the original.
receipt.altered Nội dung không khớp với chữ ký hoặc bằng chứng: đã bị sửa, dù chỉ một ký tự; hãy dùng bản gốc.
It does not match its signature or proof: it was changed, if only by one character; use the original.
receipt.foreign Chữ ký không thuộc hệ thống này; hãy hỏi hệ thống đã cấp, hoặc dùng đúng danh sách khoá.
The signature is not of this system; ask the one that gave it, or use the right list of keys.
receipt.key_expired Khoá ký không có hiệu lực vào lúc ghi trên biên nhận; không được tin.
The key was not valid at the time that is written there; do not rely on it.
receipt.not_kept Lời hứa không được giữ: đã quá thời điểm mà sổ vẫn không có dòng bàn giao này; hãy khiếu nại.
The promise was not kept: its time has passed and the log does not have the handover; complain.
log.other Hai điểm kiểm thuộc hai sổ khác nhau; hãy so hai điểm của cùng một sổ.
The checkpoints are of two logs; compare two of the same one.
log.no_proof Cần thêm bằng chứng nhất quán giữa hai điểm kiểm (GET /api/v1/log/consistency).
A proof of consistency between the checkpoints is needed (GET /api/v1/log/consistency).
log.rows_lost Sổ đã được khôi phục từ bản sao lưu: những dòng sau chỗ khôi phục không còn được bảo đảm.
The log was restored from a backup: of rows behind that place nothing is assured any more.
log.forked Sổ đã bị sửa: điểm kiểm mới không nối tiếp điểm kiểm đã lưu; hãy giữ cả hai làm chứng cứ.
The log was changed: the newer checkpoint does not continue the kept one; keep both as evidence.
log.altered Sổ khác với điểm kiểm đã lưu: có dòng bị sửa, xoá, thêm hoặc đổi chỗ.
The log differs from the kept checkpoint: rows were changed, deleted, added or moved.
"""
SENTENCES = {
    code: (vi, en)
    for code, vi, en in re.findall(r"^([a-z_]+\.[a-z_]+) (.+)\n(.+)$", _SENTENCES, re.MULTILINE)
}
"""Every verdict by its code, in Vietnamese and English; the first five are good ones."""
GOOD = frozenset(list(SENTENCES)[:5])


class Wrong(Exception):
    """Something does not verify; `code` is stable and has its sentences, `about` says what exactly."""

    def __init__(self, code: str, what: str = "", **about: Any) -> None:
        super().__init__(f"{code} {what}")
        self.code, self.about = code, {"what": what, **about}


class Key(NamedTuple):
    """A public key, what it signs, and from when to when."""

    name: str
    role: str
    public: bytes
    since: str
    until: str | None


class Checkpoint(NamedTuple):
    """The signed state of a log; `eras` tells how many rows there were as each began (after a restore)."""

    log: str
    era: int
    size: int
    root: bytes
    at: datetime
    eras: dict[int, int]


PROMISE = re.compile(
    r"(?a)postal-promise:1\n(?P<number>\S+)\n(?P<manifest>\S+) (?P<digest>\S+)\nrows (?P<rows>\d+) (?P<rows_digest>\S+)"
    r"\ncounts (?P<counts>\d+(/\d+){7})\nfrom (?P<giver>.+)\nto (?P<receiver>.+)\nat (?P<at>\S+) by (?P<by>\S+)\n"
    r"leaf (?P<leaf>\S+)\n"
)
CHECKPOINT = re.compile(
    r"(?a)(?P<log>\S+)/(?P<era>\d+)\n(?P<size>\d+)\n(?P<root>\S+)\ntime (?P<at>\S+)\n"
    r"eras (?P<eras>\d+:\d+( \d+:\d+)*)\n"
)
NOTE = re.compile(r"(?s)(.*\n)\n— (\S+) (\S+)\n?")
Promise = dict[str, Any]
_URL = str.maketrans("-_", "+/")
_ID = re.compile(rb'"id":"([0-9a-f-]{36})","kind"')


def leaf_hash(entry: bytes) -> bytes:
    """Hash one row of the log."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Give the root over hashes of leaves."""
    sha256, level = hashlib.sha256, list(leaves)
    while len(level) > 1:
        # What has no neighbour goes up as it is.
        alone = level[len(level) & ~1 :]
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + alone
    return level[0] if level else sha256(b"").digest()


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a path leads from a leaf to a root (RFC 9162, 2.1.3.2)."""
    return 0 <= index < size and _climbed(index, size - 1, leaf, path)[1:] == (root,)


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether a tree grew out of an older one, nothing of which was changed (RFC 9162, 2.1.4.2)."""
    if not 0 < old < new:
        return not path and (old == 0 or (old == new and old_root == new_root))
    first, *rest = [old_root, *path] if old & (old - 1) == 0 else path or [b""]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    return bool(path) and _climbed(at, last, first, rest) == (old_root, new_root)


def _climbed(at: int, last: int, start: bytes, path: Sequence[bytes]) -> tuple[bytes, ...]:
    """Go up from a node to the roots of the tree that ends with it and of the whole tree; empty where that fails."""
    was = now = start
    for step in path:
        if last == 0:
            return ()
        if at & 1 or at == last:
            was, now = node_hash(step, was), node_hash(step, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = node_hash(now, step)
        at, last = at >> 1, last >> 1
    return (was, now) if last == 0 else ()


def keys_of(text: str) -> list[Key]:
    """Read the answer of GET /api/v1/log/keys."""
    try:
        return [
            Key(one["name"], one["role"], _b64(one["public_key"], 32), one["valid_from"], one["valid_to"])
            for one in json.loads(text)["keys"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Wrong("receipt.unreadable", "keys") from error


def opened(note: str, keys: Sequence[Key], role: str) -> tuple[str, Key]:
    """Give the text of a signed note and the key that signed it."""
    parts = NOTE.fullmatch(note.replace("\r\n", "\n"))
    if parts is None:
        raise Wrong("receipt.unreadable", "signature")
    text, name = parts[1], parts[2]
    try:
        signature = _b64(parts[3], 68)
    except ValueError as error:
        raise Wrong("receipt.unreadable", "signature") from error
    for key in keys:
        known = hashlib.sha256(f"{key.name}\n".encode() + b"\x01" + key.public).digest()[:4]
        if (key.name, key.role, known) == (name, role, signature[:4]):
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
            except InvalidSignature as error:
                raise Wrong("receipt.altered", "signature") from error
            return text, key
    raise Wrong("receipt.foreign", name)


def checkpoint_of(note: str, keys: Sequence[Key]) -> Checkpoint:
    """Read a checkpoint and verify its signature."""
    text, key = opened(note, keys, "log")
    try:
        said = CHECKPOINT.fullmatch(text).groupdict()  # type: ignore[union-attr]
        at, root = datetime.fromisoformat(said["at"]), _b64(said["root"], 32)
    except (ValueError, AttributeError) as error:
        raise Wrong("receipt.unreadable", "checkpoint") from error
    _in_time(key, at)
    eras = {int(era): int(begun) for era, _, begun in (one.partition(":") for one in said["eras"].split(" "))}
    return Checkpoint(said["log"], int(said["era"]), int(said["size"]), root, at, eras)


def promise_of(note: str, keys: Sequence[Key]) -> Promise:
    """Read a promise and verify its signature; digests and leaf are bytes."""
    text, key = opened(note, keys, "promise")
    try:
        said: Promise = PROMISE.fullmatch(text).groupdict()  # type: ignore[union-attr]
        said |= {one: _b64(said[one].translate(_URL) + "=", 32) for one in ("digest", "rows_digest", "leaf")}
        said |= {name: datetime.strptime(said[name], "%Y%m%dT%H%M%S%z") for name in ("at", "by")}
    except (ValueError, AttributeError) as error:
        raise Wrong("receipt.unreadable", "promise") from error
    said["rows"], numbers = int(said["rows"]), map(int, said["counts"].split("/"))
    said["counts"] = {name: many for name, many in zip(CLASSES.split(), numbers, strict=True) if many}
    _in_time(key, said["at"])
    return said


def check_promise(
    note: str, keys: Sequence[Key], leaves: Sequence[bytes] | None = None, newest: Checkpoint | None = None
) -> dict[str, Any]:
    """Check a promise, and whether it was kept where all leaves up to a verified checkpoint are given."""
    promise = promise_of(note, keys)
    if leaves is not None and promise["leaf"] not in leaves:
        _must_be_pending(promise, newest)
        return _told("receipt.pending", promise)
    return _told("promise.verified" if leaves is None else "receipt.verified", promise)


def check_receipt(
    text: str, keys: Sequence[Key], kept: Checkpoint | None = None, consistency: str | None = None
) -> dict[str, Any]:
    """Check a receipt: promise, record, rows, inclusion, and consistency with a checkpoint that somebody kept."""
    try:
        receipt = json.loads(text)
        record, proof, note = receipt["record"].encode(), receipt["proof"], receipt["checkpoint"]
        body, rows = json.loads(record)["content"]["body"], [_hex(row) for row in receipt["rows"]]
        path = [_b64(step, 32) for step in proof["path"]] if proof else []
        where = (int(proof["index"]), int(proof["size"])) if proof else (0, 0)
        names = (receipt["format"], receipt["number"], receipt["manifest"])
        said = (*names, body["number"], body["digest"], body["rows_digest"])
        promised = receipt["promise"].replace("\r\n", "\n")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Wrong("receipt.unreadable", "receipt") from error
    promise = promise_of(promised, keys)
    number, digests = promise["number"], (promise["digest"].hex(), promise["rows_digest"].hex())
    if said != ("postal-receipt:1", number, promise["manifest"], number, *digests):
        raise Wrong("receipt.altered", "record and promise")
    if leaf_hash(record) != promise["leaf"]:
        raise Wrong("receipt.altered", "record")
    if len(rows) != promise["rows"] or root_of(rows) != promise["rows_digest"]:
        raise Wrong("receipt.altered", "rows of the handover")
    newest = checkpoint_of(note, keys) if note else None
    if proof is None or newest is None:
        seen = [one for one in (newest, kept) if one is not None]
        _must_be_pending(promise, max(seen, key=lambda one: one.at, default=None))
        return _told("receipt.pending", promise)
    if where[1] != newest.size or not is_included(promise["leaf"], *where, path, newest.root):
        raise Wrong("receipt.altered", "proof")
    if kept is not None:
        old, new = sorted((kept, newest), key=lambda one: (one.era, one.size))
        check_consistency(old, new, consistency)
    return _told("receipt.verified", promise, checkpoint=newest.size, late=newest.at > promise["by"])


def check_consistency(old: Checkpoint, new: Checkpoint, proof: str | None) -> dict[str, Any]:
    """Check that nothing which an older checkpoint covers was changed by the time of a newer one."""
    if old.log != new.log:
        raise Wrong("log.other")
    begun = min((size for era, size in new.eras.items() if era > old.era), default=old.size)
    if old.size > begun:
        raise Wrong("log.rows_lost", first=begun, rows=old.size - begun)
    if not proof and 0 < old.size < new.size:
        raise Wrong("log.no_proof")
    try:
        path = [_b64(step, 32) for step in json.loads(proof)["path"]] if proof else []
    except (ValueError, KeyError, TypeError) as error:
        raise Wrong("receipt.unreadable", "consistency proof") from error
    if not is_consistent(old.size, old.root, new.size, new.root, path):
        raise Wrong("log.forked")
    return {"code": "log.consistent", "sizes": [old.size, new.size]}


def check_export(
    lines: Sequence[bytes], checkpoint: Checkpoint, kept: Sequence[bytes] = ()
) -> dict[str, Any]:
    """Check an export of the log against a kept checkpoint; `kept` are hashes of leaves, to name what was changed."""
    sha256 = hashlib.sha256
    leaves = [sha256(b"\x00" + line).digest() for line in lines[: checkpoint.size]]
    if len(leaves) == checkpoint.size and root_of(leaves) == checkpoint.root:
        return {"code": "log.verified", "covered": checkpoint.size, "beyond": len(lines) - checkpoint.size}
    known, present = kept[: checkpoint.size], set(leaves)
    strange = set(leaves).difference(known) if known else set()
    raise Wrong(
        "log.altered",
        rows=[
            b"".join(_ID.findall(line)[:1]).decode()
            for line, leaf in zip(lines, leaves, strict=False)
            if leaf in strange
        ],
        gone=[at for at, leaf in enumerate(known) if leaf not in present],
        moved=[at for at, (a, b) in enumerate(zip(leaves, known, strict=False)) if a != b][:20],
    )


def _must_be_pending(promise: Promise, checkpoint: Checkpoint | None) -> None:
    if checkpoint is not None and checkpoint.at > promise["by"]:
        raise Wrong("receipt.not_kept", by=promise["by"].isoformat(), checkpoint=checkpoint.at.isoformat())


def _in_time(key: Key, at: datetime) -> None:
    # A promise tells whole seconds, and the key may have begun within that second.
    begun = datetime.fromisoformat(key.since).replace(microsecond=0)
    if at < begun or (key.until and at > datetime.fromisoformat(key.until)):
        raise Wrong("receipt.key_expired", key.name)


def _b64(text: str, size: int) -> bytes:
    value = base64.b64decode(text, validate=True)
    if len(value) != size or base64.b64encode(value).decode() != text:
        raise ValueError(text)
    return value


def _hex(text: str) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != 32 or value.hex() != text:
        raise ValueError(text)
    return value


def _told(code: str, promise: Promise, **more: Any) -> dict[str, Any]:
    about = {name: promise[name] for name in ("number", "manifest", "rows", "counts", "giver", "receiver")}
    return {"code": code, **about, "at": promise["at"].isoformat(), "by": promise["by"].isoformat(), **more}


def lines_of(path: Path) -> list[bytes]:
    """Read the lines of a file as they are."""
    return path.read_bytes().removesuffix(b"\n").split(b"\n")


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Do what the command line asks."""
    keys = keys_of(given.keys.read_text("utf-8"))
    texts = [path.read_text("utf-8") for path in given.files] if given.what != "export" else []
    kept = checkpoint_of(given.checkpoint.read_text("utf-8"), keys) if given.checkpoint else None
    proof = given.consistency.read_text("utf-8") if given.consistency else None
    if given.what == "consistency":
        return check_consistency(checkpoint_of(texts[0], keys), checkpoint_of(texts[1], keys), texts[2])
    if given.what == "receipt":
        return check_receipt(texts[0], keys, kept, proof)
    if kept is None or (given.what == "promise" and given.export is None):
        return check_promise(texts[0], keys)
    lines = lines_of(given.export or given.files[0])
    known = [_hex(line.split()[-1].decode()) for line in lines_of(given.leaves)] if given.leaves else []
    told = check_export(lines, kept, known)
    leaves = [leaf_hash(line) for line in lines[: kept.size]]
    return told if given.what == "export" else check_promise(texts[0], keys, leaves, kept)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what was named and say so."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    parser.add_argument("what", choices=("promise", "receipt", "export", "consistency"))
    parser.add_argument("files", nargs="+", type=Path)
    for name in ("keys", "checkpoint", "consistency", "export", "leaves"):
        parser.add_argument(f"--{name}", type=Path, required=name == "keys")
    parser.add_argument("--json", action="store_true", dest="as_json")
    given = parser.parse_args(arguments)
    try:
        told = run(given)
    except Wrong as wrong:
        told = {"code": wrong.code, **wrong.about}
    except (OSError, ValueError, IndexError) as error:
        sys.stderr.write(f"Không đọc được tệp / a file cannot be read: {error}\n")
        return 2
    vi, en = SENTENCES[told["code"]]
    whole = json.dumps({"vi": vi, "en": en, **told} if given.as_json else told, ensure_ascii=False)
    sys.stdout.buffer.write((whole if given.as_json else f"{vi}\n{en}\n{whole}").encode() + b"\n")
    return 0 if told["code"] in GOOD else 1


if __name__ == "__main__":
    sys.exit(main())
