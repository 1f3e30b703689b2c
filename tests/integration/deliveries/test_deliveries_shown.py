"""Pages and API of deliveries: what waits, what failed and why, and sending it again; never what was said."""

from integrations.deliveries import service
from integrations.deliveries.figures import of_deliveries
from integrations.outgoing import service as outgoing
from postal.identity.rules import Role
from tests.factories.deliveries import destination, plain, queued
from tests.factories.gateway import gateway
from tests.factories.identity import headers
from tests.factories.pages import check_page


async def test_administrators_see_their_organisations_deliveries_and_have_them_sent_again(client, clock):
    now = clock.instant
    boss = await headers("BC-1", Role.ADMIN, now=now)
    other = await headers("BC-2", Role.ADMIN, now=now)
    clerk = await headers("BC-1", Role.CLERK, now=now)
    inspector = await headers("BC-3", Role.CONTROL, now=now)
    async with gateway() as there:
        with plain(there.origin) as adapter:
            to = await destination(now, code="DOI-TAC-1")
            adapter.addresses[to] = f"{there.origin}/secret-path"
            await queued(to, now, 3, key="k")
            there.says = [(410, "")]
            await service.deliver_due(now)
            listed = check_page(await client.get("/deliveries", headers=boss))
            assert "DOI-TAC-1" in listed
            one = check_page(await client.get(f"/deliveries/{to}?only=dead", headers=boss))
            assert "bên nhận không nhận nữa" in one
            assert "secret-path" not in one
            assert (await client.get("/deliveries", headers=clerk)).status_code == 403
            assert (await client.get(f"/deliveries/{to}", headers=other)).status_code == 404
            assert "DOI-TAC-1" not in (await client.get("/deliveries", headers=other)).text
            seen = await client.get(f"/deliveries/{to}", headers=inspector)
            assert seen.status_code == 200
            assert '<form id="replay"' not in seen.text

            form = {"which": "dead", "reason": "fixed"}
            refused = await client.post(f"/deliveries/{to}/replay", data=form, headers=boss)
            assert refused.status_code == 409
            check_page(refused)
            assert (await client.post(f"/deliveries/{to}/resume", headers=boss)).status_code == 303
            unsaid = await client.post(f"/deliveries/{to}/replay", data={"which": "dead"}, headers=boss)
            assert unsaid.status_code == 400
            assert 'href="#reason"' in unsaid.text
            assert (
                await client.post(f"/deliveries/{to}/replay", data=form, headers=inspector)
            ).status_code == 403

            page = (await client.get("/api/v1/deliveries?limit=2&state=dead", headers=boss)).json()
            assert len(page["items"]) == 2
            following = f"/api/v1/deliveries?limit=2&state=dead&cursor={page['next_cursor']}"
            [last] = (await client.get(following, headers=boss)).json()["items"]
            assert last["attempts"][0]["outcome"] == "gone"
            again = f"/api/v1/deliveries/{last['id']}/replay"
            assert (await client.post(again, json={"reason": "asked"}, headers=other)).status_code == 404
            sent = await client.post(again, json={"reason": "asked"}, headers=boss)
            assert (sent.status_code, sent.json()["state"], sent.json()["replays"]) == (200, "waiting", 1)
            twice = await client.post(again, json={"reason": "asked"}, headers=boss)
            assert (twice.status_code, twice.json()["code"]) == (409, "deliveries.not_ended")
            assert (await client.post(f"/deliveries/{to}/replay", data=form, headers=boss)).status_code == 303
            figures = {(each.name, each.labels.get("state")): each.value for each in await of_deliveries()}
            assert figures["postal_deliveries", "waiting"] == 3
            await service.deliver_due(now)
            done = check_page(await client.get(f"/deliveries/{to}?only=done&lang=en", headers=boss), "en")
            assert "taken" in done
            await outgoing.close()
