"""Who calls in a partner's name: by a key of its organisation, or by a signature over the very bytes of the call."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from integrations.partners import repository
from integrations.partners.rules import Partner
from integrations.partners.service.reading import inbound_secrets, unknown
from integrations.signing.rules import Fault, fault_of
from postal.errors import Forbidden, PostalError, Unauthenticated
from postal.identity.rules import Actor, Role

SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Caller(Struct, frozen=True, kw_only=True):
    """Who seems to call; one who signs is believed only with the body."""

    partner: Partner
    signs: bool


async def recognise(code: str, actor: Actor, headers: Mapping[str, str]) -> Caller:
    """Judge a call before its body is read: a key decides at once, a signature has to be there at least.

    The answer to a wrong signature, and to a partner that does not exist, are alike.
    """
    partner = await repository.find(code)
    if actor.kind != "anonymous":
        if partner is None or not _speaks_for(actor, partner):
            raise unknown()
        _refuse_inactive(partner)
        return Caller(partner=partner, signs=False)
    if not all(headers.get(name) for name in SIGNED):
        raise Unauthenticated(
            "partner.credentials",
            vi="Hãy gửi khóa (Authorization: Bearer) hoặc ký tin bằng webhook-id, webhook-timestamp, webhook-signature",
            en="Send a key (Authorization: Bearer), or sign with webhook-id, webhook-timestamp, webhook-signature",
        )
    if partner is None:
        raise _disbelieved(Fault.WRONG)
    return Caller(partner=partner, signs=True)


async def admit(caller: Caller, headers: Mapping[str, str], body: bytes, now: datetime) -> Partner:
    """Give the partner that a call is of; raises where nobody signed it, or not about now."""
    partner = caller.partner
    if not caller.signs:
        return partner
    fault = fault_of(await inbound_secrets(partner, now), headers, body, now)
    if fault is not None:
        raise _disbelieved(fault)
    _refuse_inactive(partner)
    return partner


def _speaks_for(actor: Actor, partner: Partner) -> bool:
    return actor.kind == "key" and Role.SYSTEM in actor.roles and partner.organisation in actor.sees


def _refuse_inactive(partner: Partner) -> None:
    if partner.state == "paused":
        raise Forbidden(
            "partner.paused",
            vi="Đối tác này đang tạm dừng; tin chưa được nhận, hãy giữ lại và gửi lại khi được mở",
            en="This partner is paused; nothing was taken, keep the message and send it again once it goes on",
        )
    if partner.state == "ended":
        raise Forbidden(
            "partner.no_longer",
            vi="Đối tác này đã ngừng hẳn; hãy liên hệ đơn vị quản trị",
            en="This partner has ended for good; speak to who administers it",
        )


def _disbelieved(fault: Fault) -> PostalError:
    if fault in {Fault.TOO_OLD, Fault.TOO_NEW}:
        return Unauthenticated(
            "partner.clock",
            vi="Thời điểm ký lệch quá 5 phút so với đồng hồ hệ thống; hãy chỉnh đồng hồ, ký lại rồi gửi lại",
            en="The time of signing is over 5 minutes from our clock; set yours, sign again and send again",
        )
    return Unauthenticated(
        "partner.signature",
        vi="Chữ ký không đúng; hãy ký đúng từng byte nội dung bằng khóa hiện hành của đối tác",
        en="The signature is wrong; sign the very bytes of the body with the partner's present secret",
    )
