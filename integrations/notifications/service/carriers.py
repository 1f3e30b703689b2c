"""The ways by which a notice goes, behind one interface; each says what became of a try and raises nothing."""

import asyncio
import re
from datetime import datetime
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Any, Protocol

import aiosmtplib
import msgspec
from msgspec import Struct

from integrations.notifications.rules import Channel, Given, Outcome, Text
from integrations.outgoing.service import Refused, Unreached, post
from integrations.signing.rules import signed
from postal.config import MailSettings, NoticeSettings, Settings

PATIENCE_S = 20.0
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class Letter(Struct, frozen=True, kw_only=True):
    """One notice, ready to go. `id` is the same at each try, and so is every byte of it."""

    id: str
    kind: str
    dossier: str
    language: str
    at: datetime
    made_at: datetime
    tried_at: datetime
    text: Text
    address: str
    secret: str | None
    leave: str
    short: str = ""
    filled: dict[str, str] = {}


class Carrier(Protocol):
    """Takes a notice to somebody."""

    async def carry(self, letter: Letter) -> Given:
        """Give it over, and say what became of it."""


class Mail:
    """By SMTP, to the server that takes our mail.

    A try that was broken off may have arrived: the next one has the same Message-ID and the same bytes, by which most
    servers and programs know it again.
    """

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def carry(self, letter: Letter) -> Given:
        """Send it; what is refused for now is tried later, what is refused for good is not."""
        given = self._settings
        try:
            async with asyncio.timeout(PATIENCE_S):
                _, said = await aiosmtplib.send(
                    message_of(letter, given.sender or ""),
                    sender=given.bounces or given.sender,
                    hostname=given.host,
                    port=given.port,
                    username=given.user,
                    password=given.password,
                    use_tls=given.tls == "tls",
                    start_tls=given.tls == "starttls",
                    timeout=PATIENCE_S / 2,
                )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _judged(refused.recipients[0].code, refused.recipients[0].message)
        except aiosmtplib.SMTPResponseException as refused:
            return _judged(refused.code, refused.message)
        except aiosmtplib.SMTPConnectError:
            return Given(outcome=Outcome.LATER, answer="no_connection")
        except (aiosmtplib.SMTPServerDisconnected, TimeoutError):
            return Given(outcome=Outcome.UNKNOWN, answer="broken_off")
        except (aiosmtplib.SMTPException, OSError):
            return Given(outcome=Outcome.LATER, answer="no_connection")
        return Given(outcome=Outcome.SENT, answer=_status(250, said))


class Webhook:
    """By a signed call of somebody's own program (Standard Webhooks 1.0.0); what it says is thin."""

    def __init__(self, settings: NoticeSettings) -> None:
        self._settings = settings

    async def carry(self, letter: Letter) -> Given:
        """Call it; 410 means that nobody wants to hear any more."""
        body = msgspec.json.encode(
            {
                "type": f"dossier.{letter.kind}",
                "timestamp": letter.at.isoformat(),
                "data": {"dossier": letter.dossier, "text": letter.text.body},
            }
        )
        headers = signed([letter.secret or ""], letter.id, letter.tried_at, body)
        return await _called(letter.address, body, headers, self._settings.trusted)


class Gateway:
    """By a gateway of SMS or Zalo that the operator runs or rents: one JSON for both, the phone as it is registered.

    An SMS is one segment of plain letters. Zalo takes templates that it has approved: which, the operator configures,
    and then what is filled in goes beside the text.
    """

    def __init__(self, channel: Channel, address: str, settings: NoticeSettings) -> None:
        self._channel = channel
        self._address = address
        self._settings = settings

    async def carry(self, letter: Letter) -> Given:
        """Hand it to the gateway, which knows it again by its id and reports later what became of it."""
        templates = dict(each.split("=", 1) for each in self._settings.zalo_templates if "=" in each)
        zalo = self._channel is Channel.ZALO
        if zalo and templates and letter.kind not in templates:
            return Given(outcome=Outcome.REFUSED, answer="no_template")
        body = msgspec.json.encode(
            {
                "id": letter.id,
                "channel": self._channel.value,
                "to": letter.address,
                "template": templates.get(letter.kind, letter.kind) if zalo else letter.kind,
                "language": letter.language,
                "text": letter.text.body.splitlines()[2] if zalo else letter.short,
                **({"data": {"dossier": letter.dossier, **letter.filled}} if zalo else {}),
            }
        )
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {self._settings.key or ''}",
            "idempotency-key": letter.id,
        }
        return await _called(self._address, body, headers, self._settings.trusted)


def carrier_of(channel: Channel, settings: Settings) -> Carrier | None:
    """Give the carrier of a channel; None where the operator has not set it up."""
    notices = settings.notices
    if channel is Channel.EMAIL:
        return Mail(settings.mail) if settings.mail.host and settings.mail.sender else None
    if channel is Channel.WEBHOOK:
        return Webhook(notices)
    address = notices.sms_gateway if channel is Channel.SMS else notices.zalo_gateway
    return Gateway(channel, address, notices) if address else None


async def _called(url: str, body: bytes, headers: dict[str, str], trusted: tuple[str, ...]) -> Given:
    try:
        answered = await post(url, body, headers, trusted=trusted)
    except Refused:
        return Given(outcome=Outcome.REFUSED, answer="address_not_public")
    except Unreached as error:
        return Given(outcome=Outcome.UNKNOWN if error.maybe else Outcome.LATER, answer="no_answer")
    if 200 <= answered.status < 300:
        return Given(outcome=Outcome.SENT, answer=str(answered.status))
    # A redirect would lead where nobody checked: it is a failure like any other.
    final = answered.status in {400, 401, 403, 404, 405, 410, 413, 422}
    return Given(
        outcome=Outcome.REFUSED if final else Outcome.LATER,
        answer=str(answered.status),
        retry_after=answered.retry_after,
    )


def message_of(letter: Letter, sender: str) -> MIMEText:
    """Write the mail; the newer EmailMessage loses a blank where it folds a long Vietnamese subject."""
    message = MIMEText(letter.text.body, "plain", "utf-8")
    message["From"] = sender
    message["To"] = letter.address
    subject: Any = Header(letter.text.subject, "utf-8", header_name="Subject")
    message["Subject"] = subject
    message["Date"] = format_datetime(letter.made_at)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message["List-Unsubscribe"] = f"<{letter.leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _judged(code: int, said: str) -> Given:
    outcome = Outcome.LATER if 400 <= code < 500 else Outcome.REFUSED
    return Given(outcome=outcome, answer=_status(code, said))


def _status(code: int, said: str) -> str:
    """Keep the status of an answer, and not its words: they may name the address."""
    found = _ENHANCED.search(said)
    return f"{code} {found.group()}" if found else str(code)
