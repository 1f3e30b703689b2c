"""A small world in which one office has something of every kind."""

from datetime import timedelta

from integrations.epcis.rules.addresses import Names
from postal.identity.rules import READS_EVERYTHING, Role
from shipments.pieces.rules import s10
from tests.factories.deliveries import delivered
from tests.factories.dossiers import DESK, OFFICE, STRANGER, Desks
from tests.factories.epcis import document
from tests.factories.files import Files, picture
from tests.factories.identity import device, headers, key, person
from tests.factories.importing import csv_file, dossier_row
from tests.factories.inspections import inspected
from tests.factories.notices import failed_notice
from tests.factories.partners import UNHEARD, message, partner
from tests.factories.posting import posted
from tests.factories.ratings import rated

ORDINARY = tuple(sorted(set(Role) - READS_EVERYTHING - {Role.SCANNER}))
NOBODYS_ID = "019a0000-0000-7000-8000-000000000000"


class World:
    """What one office has, and codes of the same shape that nobody has."""

    def __init__(self, client, clock):
        self.client, self.clock = client, clock

    async def build(self):
        now = self.clock.instant
        self.desks = await Desks(self.client, now).prepare()
        self.owner = await headers(OFFICE, *ORDINARY, now=now)
        self.agency = await headers(DESK, *ORDINARY, now=now)
        self.stranger = await headers(STRANGER, *ORDINARY, now=now)
        dossier = await self.desks.dossier()
        lost = (await self.post("/items", {"destination": DESK}))["code"]
        manifest, discrepancy = await self.settled(lost)
        incident, claim = await self.missing()
        wanted = {"papers": [{"kind": "old_licence"}]}
        papers = await self.post(f"/dossiers/{dossier}/old-papers", wanted, by=self.agency)
        item = await self.post("/items", {"destination": DESK, "pieces": [dossier]})
        await self.post("/manifests", {"receiver": DESK, "lines": [item["code"]]})
        trip = (await self.post("/trips", {"origin": OFFICE, "destination": DESK}))["code"]
        now = self.clock.instant
        await person("p-of-a", OFFICE, now=now, login="an", password="ngựa đúng pin ghim")
        self.scanner = {"Authorization": f"Bearer {await device('d-of-a', OFFICE, now=now)}"}
        shift = await self.post("/shifts", {"person": "p-of-a"}, by=self.scanner)
        prefix = (await key(OFFICE, Role.CLERK, now=now))[:13]
        fee = {"dossier": dossier, "line": "fee", "channel": "cash", "amount": 15_000, "receipt": "BL-OF-A"}
        fee = await self.post("/fees", {**fee, "person": "p-of-a"})
        remittance = await self.post("/fees/remittances", {"person": "p-of-a", "receiver": DESK})
        event, capture = await self.told(lost)
        order, despatch = await posted(OFFICE, DESK, now)
        people = (await self.client.get("/api/v1/people/p-of-a", headers=self.owner)).json()
        files = Files(self.client, self.owner)
        await rated(dossier, now)
        wrong = await self.post("/nonconformities", {"dossier": dossier, "cause": "OTHER"}, by=self.agency)
        asked = await self.post("/privacy-requests", {"dossier": dossier, "kind": "access"})
        feedback = await self.post("/feedback", {"text": "Chậm", "channel": "hotline"})
        await partner("partner-1", "agency", OFFICE, now=now)
        destination, delivery = await delivered(OFFICE, now)
        file = csv_file([dossier_row(1)])
        brought = await self.client.post(
            "/api/v1/imports?kind=dossiers", content=file, headers={**self.owner, "Content-Type": "text/csv"}
        )
        hooks = {"name": "Phần mềm", "url": "https://hooks.example.vn/postal"}
        subscription = await self.post("/subscriptions", hooks)
        self.existing = {
            "subscription": subscription["id"],
            "id": subscription["id"],
            "import": brought.json()["id"],
            "job": brought.json()["id"],
            "destination": destination,
            "delivery": delivery,
            "notice": await failed_notice(dossier, now),
            "batch": await self.tried(dossier),
            "order": order,
            "despatch": despatch,
            "capture": capture,
            "event": event["eventID"],
            "epc": f"{Names().thing(lost)}/events",
            "file": (await files.attached(picture(), "dossier", dossier))["id"],
            "upload": (await files.order(picture(), "dossier", dossier)).json()["id"],
            "dossier": dossier,
            "rated": dossier,
            "nonconformity": wrong["code"],
            "feedback": feedback["code"],
            "inspection": await inspected(OFFICE, now),
            "privacy_request": asked["request"]["code"],
            "item": item["code"],
            "manifest": manifest,
            "trip": trip,
            "discrepancy": discrepancy,
            "receipt": (await self.post(f"/manifests/{manifest}/receipt", None))["number"],
            "lost": lost,
            "statement": papers["statements"][0]["row"],
            "incident": incident,
            "claim": claim,
            "person": "p-of-a",
            "device": "d-of-a",
            "shift": shift["id"],
            "fee": fee["id"],
            "remittance": remittance["code"],
            "key": prefix,
            "organisation": OFFICE,
            "partner": "partner-1",
            "message": await message("partner-1", now),
            "name": UNHEARD,
            "report": f"BAOCAO-BUUCHINH-2026Q4-{OFFICE}",
            "assignment": people["assignments"][0]["id"],
        }
        self.absent = {
            "subscription": NOBODYS_ID,
            "id": NOBODYS_ID,
            "order": "DG-261123-AAAAAAAA",
            "despatch": NOBODYS_ID,
            "capture": NOBODYS_ID,
            "event": f"ni:///sha-256;{'0' * 64}?ver=CBV2.0",
            "epc": f"{Names().thing(s10('DH', 87_654_321))}/events",
            "import": NOBODYS_ID,
            "job": NOBODYS_ID,
            "destination": NOBODYS_ID,
            "delivery": NOBODYS_ID,
            "notice": NOBODYS_ID,
            "batch": NOBODYS_ID,
            "inspection": "KT-261123-AAAAAA",
            "privacy_request": "DL-261123-AAAAAA",
            "feedback": "PA-261123-AAAAAA",
            "nonconformity": "KPH-261123-AAAAAA",
            "rated": dossier[:-4] + ("0000" if dossier[-4:] != "0000" else "1111"),
            "file": NOBODYS_ID,
            "upload": NOBODYS_ID,
            "dossier": dossier[:-4] + ("0000" if dossier[-4:] != "0000" else "1111"),
            "item": s10("DH", 87_654_321),
            "trip": trip[:-2] + ("AA" if trip[-2:] != "AA" else "BB"),
            "manifest": manifest[:-2] + ("AA" if manifest[-2:] != "AA" else "BB"),
            "discrepancy": NOBODYS_ID,
            "statement": NOBODYS_ID,
            "incident": s10("DH", 87_654_321),
            "claim": "KN-261123-AAAAAA",
            "receipt": "GN-261123-AAAAAAAA",
            "person": "p-of-x",
            "device": "d-of-x",
            "shift": NOBODYS_ID,
            "fee": NOBODYS_ID,
            "remittance": "NT-261123-AAAAAAAA",
            "key": "bccp_00000000",
            "organisation": "BC-000000",
            "partner": "partner-x",
            "message": NOBODYS_ID,
            "name": "tin-khong-co-1",
            "report": "BAOCAO-BUUCHINH-2026Q4-BC-000000",
            "assignment": NOBODYS_ID,
        }
        return self

    async def told(self, piece):
        """Give the event by which a piece was registered, and the id of a capture."""
        at = f"/api/v1/epcis/events?MATCH_epc={Names().thing(piece)}"
        answer = await self.client.get(at, headers=self.owner)
        [event, *_] = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        sent = document(event, names=Names())
        answer = await self.client.post("/api/v1/epcis/capture", json=sent, headers=self.owner)
        assert answer.status_code == 202, answer.text
        return event, answer.json()["captureID"]

    async def tried(self, dossier):
        """State at the desk what the case does not allow, and give the id under which that is shown."""
        form = {"act": "completed", "pick": dossier}
        answer = await self.client.post("/desk/bulk", data=form, headers=self.agency)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    async def settled(self, item):
        """Close a manifest whose one piece never arrived, and give it with its discrepancy."""
        code = (await self.post("/manifests", {"receiver": DESK, "lines": [item]}))["code"]
        await self.post(f"/manifests/{code}/seal", None)
        await self.post(f"/manifests/{code}/dispatch", None)
        self.clock.advance(timedelta(hours=2))
        await self.post(f"/manifests/{code}/close", None, by=self.agency)
        found = await self.client.get("/api/v1/discrepancies", headers=self.owner)
        return code, found.json()["items"][0]["id"]

    async def missing(self):
        """Lose an item for good and take a claim for it; give both by their codes."""
        item = (await self.post("/items", {"destination": DESK}))["code"]
        await self.post("/incidents", {"piece": item})
        claim = {"piece": item, "kind": "loss", "claimant": {"name": "Ân"}}
        return item, (await self.post("/claims", claim))["claim"]["code"]

    async def post(self, path, body, *, by=None):
        answer = await self.client.post(f"/api/v1{path}", json=body, headers=by or self.owner)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()
