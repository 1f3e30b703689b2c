"""What people hold that is not right: each has a code, a sentence in both languages, and what to do."""

import json
from datetime import timedelta

import asyncpg
import pytest

from postal.identity.rules import Role
from postal.proof import standalone
from postal.proof.rules.notes import signed
from postal.proof.signing import promise_signer
from tests.factories.manifests import GIVER, RECEIVER, item, party, registered, scan, scanned
from tests.factories.proof import Log

A, B = item(1), item(2)


@pytest.fixture
async def held(client, clock, settings):
    """A promise and its receipt, as one who walks in with them."""
    await registered(A, B, now=clock.instant)
    giver = await party(client, GIVER, now=clock.instant)
    receiver = await party(client, RECEIVER, Role.DESK, now=clock.instant)
    code = await giver.sealed(A, B)
    await giver.post(f"/manifests/{code}/dispatch")
    clock.advance(timedelta(hours=3))
    await scanned(scan(1, "receive", A, minute=130, manifest=code, received=131))
    promise = (await receiver.post(f"/manifests/{code}/receipt")).json()
    log = Log(settings.folder)
    await log.gather(clock.instant)
    receipt = (await receiver.get(f"/receipts/{promise['number']}")).json()
    return Held(receiver, log, clock, promise["promise"], receipt)


class Held:
    """What is held, and who holds it."""

    def __init__(self, party, log, clock, promise, receipt):
        self.party, self.log, self.clock = party, log, clock
        self.promise, self.receipt = promise, receipt

    async def verdict(self, text):
        answer = await self.party.client.post("/api/v1/receipts/verify", json={"receipt": text})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["vi"], "a sentence"
        assert told["en"], "in both languages"
        assert told["verified"] is (told["code"] in standalone.GOOD)
        return told["code"]


async def test_what_is_cut_off_or_something_else_is_unreadable(held):
    whole = json.dumps(held.receipt)
    for text in (
        held.promise[:200],
        held.promise.partition("\n\n")[0],
        whole[:-40],
        "{}",
        "[1]",
        "xin chào",
        "{" * 50,
    ):
        assert await held.verdict(text) == "receipt.unreadable", text


async def test_what_was_altered_is_told(held):
    matched = held.promise.replace("counts 1/1/", "counts 2/0/")
    assert matched != held.promise
    assert await held.verdict(matched) == "receipt.altered"
    for name, value in (
        ("number", "GN-261123-AAAAAAAA"),
        ("record", held.receipt["record"].replace('"matched":1', '"matched":2')),
        ("rows", held.receipt["rows"][1:]),
        ("proof", held.receipt["proof"] | {"index": 0}),
    ):
        assert held.receipt[name] != value
        assert await held.verdict(json.dumps(held.receipt | {name: value})) == "receipt.altered", name


async def test_what_another_system_gave_is_foreign(held, tmp_path):
    other = promise_signer(Log(tmp_path / "other", name="elsewhere").settings)
    namesake = promise_signer(Log(tmp_path / "namesake").settings)
    text = held.promise.partition("\n\n")[0] + "\n"
    for signer in (other, namesake):
        promise = signed(text, signer.name, signer.public, signer.sign)
        assert await held.verdict(promise) == "receipt.foreign"
        assert await held.verdict(json.dumps(held.receipt | {"promise": promise})) == "receipt.foreign"


async def test_what_is_older_than_what_the_log_keeps_is_told(held, postgres):
    await scanned(scan(5, "receive", B, minute=132, received=133))
    await held.log.gather(held.clock.instant)
    superuser = await asyncpg.connect(postgres.dsn_of("postgres", "shared"))
    await superuser.execute("SET session_replication_role = replica; DELETE FROM proof_leaf WHERE first = 0")
    await superuser.close()
    assert await held.verdict(json.dumps(held.receipt)) == "receipt.older_than_log"
    answer = await held.party.get(f"/receipts/{held.receipt['number']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "receipt.older_than_log")
    # By itself, and with what came with it, it is as good as ever.
    told = standalone.check_receipt(json.dumps(held.receipt), await held.log.keys())
    assert told["code"] == "receipt.verified"


async def test_a_record_that_was_changed_in_the_ledger_is_told(held, postgres):
    superuser = await asyncpg.connect(postgres.dsn_of("postgres", "shared"))
    await superuser.execute(
        "SET session_replication_role = replica;"
        "UPDATE ledger SET person = 'NV-X' WHERE kind = 'handover.recorded'"
    )
    await superuser.close()
    answer = await held.party.get(f"/receipts/{held.receipt['number']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "proof.row_altered")
    assert await held.verdict(json.dumps(held.receipt)) == "receipt.verified", "it holds what was true"


@pytest.mark.parametrize("number", ["GN-261123-AAAAAAAA", "BK-261123-AAAAAA", "ơ", "verify"])
async def test_a_number_that_nobody_gave_is_not_found(held, number):
    answer = await held.party.get(f"/receipts/{number}")
    assert answer.status_code in {404, 405}


async def test_a_text_that_is_empty_or_too_long_is_refused_at_the_door(held):
    for text in ("", "x" * 900_001):
        answer = await held.party.client.post("/api/v1/receipts/verify", json={"receipt": text})
        assert answer.status_code in {400, 413}
