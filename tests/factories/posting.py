"""An order and an announced despatch of the post's own system, for tests of whoever looks at them."""

import msgspec

from integrations.inbox import service as inbox
from integrations.inbox.rules import Inbound
from integrations.partners import service as partners
from integrations.post.repository import despatches, orders
from integrations.post.rules.despatches import PREDES, Direction
from integrations.post.rules.reading import local
from integrations.post.service.despatches import take_predes
from integrations.post.service.orders import take_orders
from postal.identifiers import new_id
from shipments.pieces.rules import s10
from tests.factories.partners import partner


async def posted(office, agency, now, *, code="post-1"):
    """Let a partner of an office order a collection and announce a despatch; give the codes of both."""
    await partner(code, "post", office, now=now)
    order = {
        "orderNumber": "D-1",
        "govAgencyCode": agency,
        "codAmount": 25_000,
        "sender": {"Name": "Nguyễn Thị Ân", "Address": "Thôn 3", "Province": "Hưng Yên", "Tel": "0912345678"},
    }
    despatch = {
        "format": PREDES,
        "despatch": "VN-1",
        "sender": office,
        "receiver": agency,
        "preparedAt": local(now),
        "receptacles": [{"id": "TUI-VN-1", "seal": "NP-1", "sealState": "intact"}],
        "items": [
            {"itemId": s10("DH", 31_000_000), "receptacle": "TUI-VN-1"},
            {"itemId": s10("DH", 31_000_100)},
        ],
    }
    for take, name, message in ((take_orders, "orders", order), (take_predes, "predes", despatch)):
        understood = await take(await _inbound(code, name, message, now), now)
        assert understood.state == "done", understood
    found = await orders.by_number(code, "D-1")
    announced = await despatches.find(code, Direction.IN, "VN-1")
    return found.code, str(announced.id)


async def _inbound(code, name, message, now):
    return Inbound(
        id=new_id(now),
        partner=await partners.find(code),
        kind=f"post.{name}",
        message_id=name,
        raw=msgspec.json.encode(message),
        content_type="application/json",
        received_at=now,
    )


async def said_of(post, kind, name, body, **more):
    """Send a message and give what became of it, also where it was not understood while its sender waited."""
    answer = await post.send(kind, name, body, **more)
    assert answer.status_code in {200, 202}, answer.text
    said = answer.json()
    if said["state"] == "waiting" and not said["tries"]:
        await inbox.work_off(post.clock.instant)
        said = (await post.outcome(name)).json()
    return said
