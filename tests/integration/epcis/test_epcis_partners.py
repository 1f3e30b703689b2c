"""A registered partner's documents come by the inbox; and a page says what is spoken here."""

import msgspec

from integrations.epcis.rules.addresses import Names
from integrations.epcis.service.taking import document as taking
from integrations.inbox.rules import Inbound
from integrations.partners import service as partners
from postal.db import fetch_value
from postal.identifiers import new_id
from postal.identity.rules import Role
from tests.factories.custody import OFFICE, network, organisation_key, pieces
from tests.factories.epcis import an_event, document
from tests.factories.pages import check_page
from tests.factories.partners import partner

ITEM = "DH123456785VN"
NAMES = Names()


async def test_a_partners_document_is_captured_once_and_the_page_tells_of_it(client, clock):
    await network(clock.instant)
    await pieces(ITEM, now=clock.instant)
    await partner("kho-1", "epcis", OFFICE, now=clock.instant, settings={"proceed": True})
    events = [an_event(epcList=[NAMES.thing(ITEM)], bizStep="holding"), an_event(bizStep="recieving")]
    inbound = Inbound(
        id=new_id(clock.instant),
        partner=await partners.find("kho-1"),
        kind="epcis.document",
        message_id="m-1",
        raw=msgspec.json.encode(document(*events, names=NAMES)),
        content_type="application/ld+json",
        received_at=clock.instant,
    )
    for captured, repeated in ((1, 0), (0, 1)):
        understood = await taking(inbound, clock.instant)
        assert (understood.state, understood.code) == ("partly", "epcis.word")
        [result] = understood.results
        assert (result["captured"], result["repeated"], result["errors"][0]["event"]) == (
            captured,
            repeated,
            1,
        )
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'attempt_failed'") == 1
    broken = await taking(msgspec.structs.replace(inbound, raw=b"{"), clock.instant)
    assert (broken.state, broken.code) == ("failed", "request.malformed_json")
    reader = await organisation_key(OFFICE, Role.CLERK, now=clock.instant)
    answer = await client.get("/epcis", headers={**reader, "Accept": "text/html"})
    text = check_page(answer)
    assert answer.headers["gs1-epcis-version"] == "2.0.0"
    assert "completeness_verified" in text
    assert "/epcisBody/eventList/1/bizStep" in text
    told = (await client.get("/api/v1/epcis", headers=reader)).json()
    assert told["most_events"] == 10_000
