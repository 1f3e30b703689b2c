"""Mail servers as they are: that refuse, hang, close, want TLS or lack it; each try has a stated end."""

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest
from aiosmtpd.smtp import SMTP

from integrations.notifications.rules import Channel, Outcome, Text, refuse_address
from integrations.notifications.service import carriers
from integrations.notifications.service.carriers import Letter, Mail
from postal.config import MailSettings
from postal.errors import Unprocessable
from tests.factories.mailbox import mailbox

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def letter(**different):
    return Letter(
        **{
            "id": "01a205eb-a8e0-717d-8a06-fbcd8ab34372", "kind": "due", "dossier": "D-1", "language": "vi",
            "at": NOW, "made_at": NOW, "tried_at": NOW, "text": Text(subject="Đã có kết quả – D-1", body="Đã có\n"),
            "address": "hang@example.vn", "secret": None, "leave": "https://x.vn/n/a", **different,
        }
    )  # fmt: skip


@asynccontextmanager
async def raw_server(*says, hold=None):
    """Say the next of `says` at the greeting and after each line; "close" ends the connection, "hang" says nothing."""
    over = []

    async def serve(reader, writer):
        over.append(asyncio.current_task())
        for say in says:
            if say == "close":
                break
            if say == "hang":
                await hold.wait()
                break
            writer.write(f"{say}\r\n".encode())
            await writer.drain()
            if not await reader.readline():
                break
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        if hold:
            hold.set()
        server.close()
        await asyncio.gather(*over)


def mail(port, **different):
    return Mail(
        MailSettings(host="127.0.0.1", port=port, **{"tls": "none", "sender": "bao@x.vn", **different})
    )


@pytest.mark.parametrize(
    ("says", "outcome", "answer"),
    [
        (["421 4.3.2 shutting down"], Outcome.LATER, None),
        (["220 x", "250 x", "451 4.7.1 greylisted hang@example.vn"], Outcome.LATER, "451 4.7.1"),
        (["220 x", "250 x", "250 ok", "450 4.2.0 try again"], Outcome.LATER, "450 4.2.0"),
        (["220 x", "250 x", "250 ok", "550 5.1.1 <hang@example.vn> unknown"], Outcome.REFUSED, "550 5.1.1"),
        (["220 x", "250 x", "550 5.7.1 not you"], Outcome.REFUSED, "550 5.7.1"),
        (["close"], Outcome.LATER, "no_connection"),
    ],
)
async def test_what_a_server_says_before_the_message_decides(says, outcome, answer):
    async with raw_server(*says) as port:
        given = await mail(port).carry(letter())
    assert given.outcome is outcome, given
    assert answer is None or given.answer == answer
    assert "hang" not in (given.answer or "")


async def test_a_server_that_hangs_or_closes_after_the_message_leaves_a_try_that_nobody_knows(monkeypatch):
    monkeypatch.setattr(carriers, "PATIENCE_S", 0.5)
    hold = asyncio.Event()
    async with raw_server("hang", hold=hold) as port:
        given = await mail(port).carry(letter())
    assert given.outcome in {Outcome.UNKNOWN, Outcome.LATER}
    async with mailbox() as box:
        box.says = [asyncio.get_running_loop().create_future()]
        given = await mail(box.port).carry(letter())
        assert (given.outcome, given.answer) == (Outcome.UNKNOWN, "broken_off")

    class Closing:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
            server.transport.close()
            return "250 taken"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Closing(), hostname="x", loop=loop), "127.0.0.1", 0)
    given = await mail(server.sockets[0].getsockname()[1]).carry(letter())
    server.close()
    assert given.outcome is Outcome.UNKNOWN


async def test_without_tls_where_it_is_asked_for_nothing_is_sent():
    async with mailbox() as box:
        for tls in ("starttls", "tls"):
            given = await mail(box.port, tls=tls).carry(letter())
            assert given.outcome in {Outcome.LATER, Outcome.REFUSED, Outcome.UNKNOWN}
        assert box.raw == []
    assert (await mail(1).carry(letter())).outcome is Outcome.LATER


async def test_a_server_without_eight_bits_gets_seven_and_the_words_arrive():
    class Plain:
        def __init__(self):
            self.raw, self.asked, self.sender = b"", [], None

        async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
            self.asked += options
            envelope.mail_from = self.sender = address
            return "250 ok"

        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            self.raw = envelope.content
            return "250 ok"

    plain, loop = Plain(), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(plain, hostname="x", loop=loop, enable_SMTPUTF8=False, decode_data=False), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    given = await mail(port, bounces="tra-lai@x.vn").carry(letter())
    server.close()
    assert given.outcome is Outcome.SENT
    assert plain.raw.isascii()
    assert not any("UTF8" in option.upper() for option in plain.asked)
    assert plain.sender == "tra-lai@x.vn", "what cannot be delivered comes back there"


@pytest.mark.parametrize(
    "injected", ["\r\nBcc: x@y.vn", "\nBcc: x@y.vn", "\r\n\r\nbody", "\x00", "\u2028Bcc: x"]
)
async def test_no_header_is_injected_by_an_address_or_a_code(injected):
    with pytest.raises(Unprocessable):
        refuse_address(Channel.EMAIL, f"a@b.vn{injected}", ())
    async with mailbox() as box:
        subject = Text(subject=f"Có kết quả – D{injected}", body="x\n")
        given = await mail(box.port).carry(letter(text=subject))
        assert given.outcome is Outcome.SENT
        (message,) = box.messages
        assert message["Bcc"] is None
        assert [name for name in message if name.lower() == "bcc"] == []
        assert box.recipients == ["hang@example.vn"]
