"""The reference gateway of SMS and Zalo: checks strictly what it is sent, gives message ids, reports what became of it.

It is a real HTTP server and the judge of our adapter; no live gateway was reached. Run it by itself to try a set-up by
hand: `python -m tests.factories.carrier 8099 KEY http://127.0.0.1:8000 whsec_…`; it reports everything as delivered.
"""

import asyncio
import json
import re
import sys
from contextlib import asynccontextmanager

import httpx

from integrations.signing.rules import signed
from postal import clock

GSM_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
FIELDS = {"sms": {"id", "channel", "to", "template", "language", "text"}}
FIELDS["zalo"] = FIELDS["sms"] | {"data"}
TEMPLATES = re.compile(r"[A-Za-z0-9_]{1,40}")


class ReferenceGateway:
    """Takes what is right once for each id; `says` are statuses that it answers first, `fails` ids' fates by phone."""

    def __init__(self, key, secret):
        self.key, self.secret = key, secret
        self.taken, self.refused, self.says = {}, [], []
        self.reports = 0

    def judge(self, request, headers, body):
        """Give the status and the answer of one request."""
        method, path, _ = request.split(" ", 2)
        channel = path.strip("/")
        if method != "POST" or channel not in FIELDS:
            return 404, {"error": "path"}
        if headers.get("authorization") != f"Bearer {self.key}":
            return 401, {"error": "key"}
        if headers.get("content-type") != "application/json":
            return 415, {"error": "type"}
        given = json.loads(body)
        if set(given) != FIELDS[channel] or given["channel"] != channel:
            return 422, {"error": f"fields {sorted(given)}"}
        if headers.get("idempotency-key") != given["id"]:
            return 422, {"error": "id"}
        if not re.fullmatch(r"\+?[0-9][0-9 .]{7,14}", given["to"]) or not TEMPLATES.fullmatch(
            given["template"]
        ):
            return 422, {"error": "to or template"}
        if channel == "sms" and not (len(given["text"]) <= 160 and set(given["text"]) <= GSM_BASIC):
            return 422, {"error": "text"}
        if self.says:
            return self.says.pop(0), {"error": "as told"}
        if given["id"] in self.taken:
            same = self.taken[given["id"]]["given"] == given
            return (
                (202, {"message": self.taken[given["id"]]["message"]}) if same else (409, {"error": "other"})
            )
        self.taken[given["id"]] = {"given": given, "message": f"GW-{len(self.taken) + 1:06d}"}
        return 202, {"message": self.taken[given["id"]]["message"]}

    async def serve(self, reader, writer):
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")
        named = [line.split(": ", 1) for line in lines[1:] if ": " in line]
        headers = {name.lower(): value for name, value in named}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        status, said = self.judge(lines[0], headers, body)
        if status >= 300:
            self.refused.append((status, said))
        answer = json.dumps(said).encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n"
            "Connection: close\r\n\r\n".encode()
            + answer
        )
        await writer.drain()
        writer.close()

    def reporting(self, identifier, state, reason=None, at=None):
        """Give the body and the headers of a delivery report, signed."""
        self.reports += 1
        body = json.dumps(
            {"id": identifier, "state": state, **({"reason": reason} if reason else {})}
        ).encode()
        return body, signed([self.secret], f"rep_{self.reports}", at or clock.machine_now(), body)

    async def report(self, client, identifier, state, reason=None, at=None):
        """Report what became of a message."""
        body, headers = self.reporting(identifier, state, reason, at)
        return await client.post("/api/v1/notices/reports", content=body, headers=headers)


@asynccontextmanager
async def reference_gateway(key, secret, port=0):
    """Serve on the loopback; gives the gateway, which knows its `origin`."""
    made = ReferenceGateway(key, secret)
    server = await asyncio.start_server(made.serve, "127.0.0.1", port)
    made.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()


async def _run(port, key, base, secret):
    async with reference_gateway(key, secret, port) as made, httpx.AsyncClient(base_url=base) as client:
        print(made.origin)  # noqa: T201 - a program of its own
        told = set()
        while True:
            for identifier in [each for each in made.taken if each not in told]:
                told.add(identifier)
                await made.report(client, identifier, "delivered", at=clock.machine_now())
            await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), *sys.argv[2:5]))
