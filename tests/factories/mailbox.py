"""A mail server of the tests' own in this process: it keeps what it takes, and says what it is told to say."""

import asyncio
from contextlib import asynccontextmanager
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


class Mailbox:
    """Answers are taken from `says` first, one for each message; a future in it is waited for, as a hung server is."""

    def __init__(self):
        self.raw, self.says, self.taken = [], [], asyncio.Event()
        self.recipients = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the library's name
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        say = self.says.pop(0) if self.says else "250 2.0.0 taken"
        if not isinstance(say, str) or say.startswith("2"):
            self.raw.append(envelope.content)
            self.recipients += envelope.rcpt_tos
        self.taken.set()
        return say if isinstance(say, str) else await say

    @property
    def messages(self):
        return [message_from_bytes(each, policy=policy.default) for each in self.raw]

    def text(self, number=-1):
        return self.messages[number].get_content()


@asynccontextmanager
async def mailbox():
    """Serve on a free port of the loopback; gives the box, which knows its `port`."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="tests", loop=loop), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
