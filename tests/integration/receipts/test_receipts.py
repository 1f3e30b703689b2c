"""Both parties leave with a receipt that verifies without us, and what somebody changed does not."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from manifests.receipts.rules import KIND
from postal.identity.rules import Role
from postal.proof import service as log_service
from postal.proof import standalone
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisations
from tests.factories.proof import Log

A, B, C = (item(number) for number in range(1, 4))
PROGRAM = Path(standalone.__file__)


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, C, now=clock.instant)
    await organisations(STRANGER)
    return await party(client, GIVER, now=clock.instant)


@pytest.fixture
async def receiver(client, clock, giver):
    return await party(client, RECEIVER, Role.DESK, now=clock.instant)


@pytest.fixture
def log(settings):
    return Log(settings.folder)


@pytest.fixture
async def manifest(giver, receiver, clock):
    """Two of three pieces received."""
    code = await giver.sealed(A, B, C)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=3))
    await scanned(
        scan(1, "receive", A, minute=130, manifest=code, received=131),
        scan(2, "receive", B, minute=131, manifest=code, received=132, condition="damaged"),
    )
    return code


async def promised(one, manifest):
    answer = await one.post(f"/manifests/{manifest}/receipt")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def checked(one, text):
    answer = await one.client.post("/api/v1/receipts/verify", json={"receipt": text})
    assert answer.status_code == 200, answer.text
    return answer.json()


def verdict_of(check, text, keys):
    try:
        return check(text, keys)["code"]
    except standalone.Wrong as wrong:
        return wrong.code


def standing_alone(*words):
    """Run the program as whoever holds a receipt would: isolated, without any of our packages."""
    done = subprocess.run(
        [sys.executable, "-I", PROGRAM, *map(str, words), "--json"],
        capture_output=True,
        check=False,
        cwd="/",
        env={"LC_ALL": "C"},
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


async def test_a_promise_says_what_was_handed_over_and_is_short(giver, receiver, manifest):
    told = await promised(receiver, manifest)
    assert told["counts"] == {"matched": 1, "damaged": 1, "missing": 1}
    assert (told["giver"]["organisation"], told["receiver"]["organisation"]) == (GIVER, RECEIVER)
    assert told["rows"] == 4, "sealed, dispatched, two scans"
    assert len(told["promise"].encode()) <= 600
    assert told["number"] in told["promise"]
    assert (await promised(giver, manifest)) == told, "nothing has happened since"


async def test_a_promise_becomes_a_receipt_under_the_same_number(
    giver, receiver, manifest, log, clock, tmp_path
):
    told = await promised(receiver, manifest)
    early = (await giver.get(f"/receipts/{told['number']}")).json()
    assert early["proof"] is None
    await log.gather(clock.instant)
    receipt = (await giver.get(f"/receipts/{told['number']}")).json()
    assert receipt["promise"] == told["promise"] == early["promise"]
    keys, file, promise = (tmp_path / name for name in ("keys.json", "receipt.json", "promise.txt"))
    keys.write_bytes((await giver.client.get("/api/v1/log/keys")).content)
    file.write_text(json.dumps(receipt))
    promise.write_text(told["promise"])
    status, verdict = standing_alone("receipt", file, "--keys", keys)
    assert (status, verdict["code"], verdict["number"]) == (0, "receipt.verified", told["number"])
    status, verdict = standing_alone("promise", promise, "--keys", keys)
    assert (status, verdict["code"], verdict["counts"]) == (0, "promise.verified", told["counts"])
    assert (await checked(giver, told["promise"]))["code"] == "receipt.verified"
    assert (await checked(giver, file.read_text()))["verified"] is True


async def test_a_receipt_holds_with_a_checkpoint_that_was_kept_before_and_after(
    giver, receiver, manifest, log, clock, tmp_path
):
    await log.gather(clock.instant)
    earlier = (await giver.client.get("/api/v1/log/checkpoint")).text
    told = await promised(receiver, manifest)
    await log.gather(clock.instant)
    receipt = (await giver.get(f"/receipts/{told['number']}")).json()
    await scanned(scan(9, "receive", C, minute=140, manifest=manifest, received=141))
    await log.gather(clock.instant)
    later = (await giver.client.get("/api/v1/log/checkpoint")).text
    keys = await log.keys()
    sizes = [standalone.checkpoint_of(note, keys).size for note in (earlier, receipt["checkpoint"], later)]
    assert sizes == sorted(set(sizes))
    for kept, (old, new) in ((earlier, sizes[:2]), (later, sizes[1:])):
        answer = await giver.client.get("/api/v1/log/consistency", params={"from": old, "to": new})
        verdict = standalone.check_receipt(
            json.dumps(receipt), keys, standalone.checkpoint_of(kept, keys), answer.text
        )
        assert verdict["code"] == "receipt.verified"
        with pytest.raises(standalone.Wrong, match=r"log\.no_proof"):
            standalone.check_receipt(json.dumps(receipt), keys, standalone.checkpoint_of(kept, keys))
    (tmp_path / "old").write_text(earlier)
    (tmp_path / "new").write_text(later)
    (tmp_path / "keys").write_text(await log.keys_text())
    answer = await giver.client.get("/api/v1/log/consistency", params={"from": sizes[0], "to": sizes[2]})
    (tmp_path / "proof").write_text(answer.text)
    files = [tmp_path / name for name in ("old", "new", "proof")]
    assert standing_alone("consistency", *files, "--keys", tmp_path / "keys")[0] == 0


async def test_something_new_makes_a_new_receipt(giver, receiver, manifest, clock):
    first = await promised(receiver, manifest)
    await scanned(scan(3, "receive", C, minute=150, manifest=manifest, received=151))
    clock.advance(timedelta(hours=1))
    second = await promised(receiver, manifest)
    assert second["number"] != first["number"]
    assert second["counts"] == {"matched": 2, "damaged": 1}
    assert (await giver.get(f"/receipts/{first['number']}")).json()["promise"] == first["promise"]


async def test_a_receipt_changes_nothing_about_the_manifest(giver, receiver, manifest, clock):
    before = (await giver.get(f"/manifests/{manifest}")).json()
    told = await promised(receiver, manifest)
    assert (await giver.get(f"/manifests/{manifest}")).json() == before
    await receiver.post(f"/manifests/{manifest}/close")
    closed = (await giver.get(f"/manifests/{manifest}")).json()
    later = await promised(giver, manifest)
    assert later["rows"] == told["rows"] + 1
    assert (await giver.get(f"/manifests/{manifest}")).json() == closed


async def test_one_record_of_a_handover_commits_to_all_its_rows(receiver, manifest, log, clock):
    told = await promised(receiver, manifest)
    await log.gather(clock.instant)
    receipt = (await receiver.get(f"/receipts/{told['number']}")).json()
    record = json.loads(receipt["record"])["content"]
    assert (record["kind"], record["code"]) == (KIND, manifest)
    assert record["body"]["lines"] == {A: "matched", B: "damaged", C: "missing"}
    leaves = {leaf.hex() for leaf in await log_service.leaves(0, 256)}
    assert set(receipt["rows"]) <= leaves, "each is in the log by itself too"
    assert standalone.root_of(map(bytes.fromhex, receipt["rows"])).hex() == told["rows_digest"]


async def test_strangers_get_no_receipt_and_a_manifest_without_receiving_gives_none(
    client, giver, receiver, clock, manifest
):
    stranger = await party(client, STRANGER, now=clock.instant)
    told = await promised(receiver, manifest)
    assert (await stranger.get(f"/receipts/{told['number']}")).status_code == 404
    assert (await stranger.post(f"/manifests/{manifest}/receipt")).status_code == 404
    draft = await giver.draft()
    refused = await giver.post(f"/manifests/{draft}/receipt")
    assert (refused.status_code, refused.json()["code"]) == (409, "receipt.nothing_received")


async def test_a_promise_whose_time_passed_without_the_log_is_reported(giver, receiver, manifest, log, clock):
    told = await promised(receiver, manifest)
    assert (await checked(giver, told["promise"]))["code"] == "receipt.pending"
    clock.advance(timedelta(minutes=5))
    broken = await checked(giver, told["promise"])
    assert (broken["code"], broken["verified"]) == ("receipt.not_kept", False)
    # A log that was signed after the promised time and has not the record: whoever has its export can prove that.
    receipt = (await giver.get(f"/receipts/{told['number']}")).json()
    assert receipt["checkpoint"] is None
    await log.gather(clock.instant)
    kept = await log.checkpoint()
    with pytest.raises(standalone.Wrong, match="not_kept"):
        standalone.check_receipt(json.dumps(receipt), await log.keys(), kept)
    assert (await checked(giver, told["promise"]))["code"] == "receipt.verified"


@pytest.mark.parametrize("kind", ["promise", "receipt"])
async def test_no_byte_of_what_is_held_can_be_changed(giver, receiver, manifest, log, clock, kind):
    told = await promised(receiver, manifest)
    await log.gather(clock.instant)
    receipt = (await giver.get(f"/receipts/{told['number']}")).json()
    keys = await log.keys()
    text = told["promise"] if kind == "promise" else json.dumps(receipt, ensure_ascii=False)
    check = standalone.check_promise if kind == "promise" else standalone.check_receipt
    assert check(text, keys)["code"] in standalone.GOOD
    raw = text.encode()
    for at in range(len(raw)):
        changed = (raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode(errors="replace")
        code = verdict_of(check, changed, keys)
        if code in standalone.GOOD:
            # White space between the members of a file says nothing.
            assert kind == "receipt", at
            assert json.loads(changed) == receipt, at
        else:
            assert code in {"receipt.altered", "receipt.unreadable", "receipt.foreign"}, (at, changed)
