"""What stands in the house of the browser tests: things of every kind, people of every role, dossiers in all states.

The house opens on Monday 2026-11-23 at 08:00 in Vietnam; what is late there began two weeks before.
"""

from datetime import datetime, timedelta, timezone
from typing import Any

import httpx

from integrations.notifications import service as notices
from integrations.notifications.service.setup import token_of
from postal.config import held
from postal.db import unit_of_work
from postal.identity.passwords import hash_password
from postal.identity.repository.people import change_password
from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from postal.network.service import seed_operator
from postal.outbox.service import drain
from shipments.figures.service import publish_days
from shipments.tracking.service import links_for
from tests.factories.custody import Scanner
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE
from tests.factories.identity import headers, person
from tests.factories.network import organisation
from tests.factories.world import World

VIETNAM = timezone(timedelta(hours=7))
INSPECTORATE, OPERATOR = "STATE", "VN"
PASSWORD = "ngựa đúng pin ghim"
PEOPLE = {
    Role.CLERK: "nv-giao-dich",
    Role.COURIER: "nv-buu-ta",
    Role.SORTER: "nv-khai-thac",
    Role.SUPERVISOR: "nv-kiem-soat",
    Role.POST_DESK: "nv-buu-dien",
    Role.DESK: "cb-mot-cua",
    Role.SPECIALIST: "cb-chuyen-mon",
    Role.AGENCY_HEAD: "cb-lanh-dao",
    Role.CONTROL: "cb-kiem-soat",
    Role.REGULATOR: "cb-quan-ly",
    Role.ADMIN: "qt-he-thong",
}
"""Who signs in as what; the login is the code, the password is PASSWORD."""

_AT_AGENCY = {Role.DESK: DESK, Role.SPECIALIST: DESK, Role.AGENCY_HEAD: AUTHORITY}
_OF_STATE = {Role.CONTROL: INSPECTORATE, Role.REGULATOR: INSPECTORATE, Role.ADMIN: OPERATOR}
WORKPLACES = {code: (_AT_AGENCY | _OF_STATE).get(role, OFFICE) for role, code in PEOPLE.items()}
NAMES = ("Trần Thị Ngọc Ánh", "Lê Hoàng Đức", "Phạm Thị Thuỷ", "Đặng Quốc Ưng", "Hồ Văn Yên", "Võ Thị Diễm")
CANARIES = ("Nguyễn Thị Hằng", "0912 345 678", "0912345678", "12 Lê Lợi", "046090001234", *NAMES)
"""Personal data of the applicants here: no anonymous answer may hold any of it."""


class Scenes(World):
    """The world of the tests, grown over two weeks; `codes` names what is in it, `keys` opens the API."""

    BEGIN = datetime(2026, 11, 9, 8, 0, tzinfo=VIETNAM)
    OPENS = datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM)

    def __init__(self, client: httpx.AsyncClient, clock: Any, key: bytes) -> None:
        super().__init__(client, clock)
        self.code_key = key
        self.codes: dict[str, str] = {}

    async def build(self) -> "Scenes":
        """Play two weeks in a moment."""
        await seed_operator()
        await organisation(INSPECTORATE, kind=Kind.AUTHORITY, level=Level.CENTRAL)
        await super().build()
        await self._people()
        await self._late()
        self.clock.set(self.OPENS - timedelta(days=4))
        await publish_days(self.clock.instant)
        await self._at_work()
        await self._carried()
        self.clock.set(self.OPENS)
        await publish_days(self.clock.instant)
        await self._published()
        await self._in_one_go()
        self.codes["fresh"] = await self._dossier(0)
        self.codes["draft"] = (await self.post("/manifests", {"receiver": DESK, "lines": []}))["code"]
        late = self.codes["late"]
        slips = await links_for([late], key=self.code_key, by=OFFICE, now=self.clock.instant)
        self.codes["slip"] = slips[late]
        told = await notices.subscribe(
            late, "webhook", "https://hook.example.vn/x", "vi", settings=held(), now=self.clock.instant
        )
        self.codes["notice"] = token_of(held(), told.subscription.id)
        await drain()
        self.codes = self.existing | self.codes
        self.keys = {
            "owner": self.owner["Authorization"],
            "agency": self.agency["Authorization"],
            "stranger": self.stranger["Authorization"],
            "device": self.office.headers["Authorization"],
            "device_code": self.office.code,
            "desk_device": self.arrivals.headers["Authorization"],
            "desk_device_code": self.arrivals.code,
        }
        return self

    async def _people(self) -> None:
        # One password for all: hashing it eleven times over would take longer than everything else here.
        now = self.clock.instant
        stored = await hash_password(PASSWORD)
        for role, code in PEOPLE.items():
            await person(code, WORKPLACES[code], role, now=now, login=code, password=None)
        for place, role in ((OFFICE, Role.CLERK), (DESK, Role.DESK)):
            await person(f"NV-{place}", place, role, now=now)
        async with unit_of_work():
            for code in PEOPLE.values():
                await change_password(code, stored)
        self.office = await Scanner.at(self.client, self.clock, OFFICE)
        self.arrivals = await Scanner.at(self.client, self.clock, DESK)

    async def _dossier(self, number: int, **different: Any) -> str:
        applicant = {
            "name": NAMES[number],
            "phone": "0912 345 678",
            "address": "12 Lê Lợi, Huế",
            "identity_number": "046090001234",
        }
        return await self.desks.dossier(applicant=applicant, **different)

    async def _late(self) -> None:
        """Let one dossier pass its day at the agency."""
        self.codes["late"] = await self._dossier(1)
        await self.desks.states(self.codes["late"], "received", "step_done")
        await drain()

    async def _at_work(self) -> None:
        """Bring dossiers to their stations at the agency."""
        for number, (name, *events) in enumerate(
            (
                ("working", "received", "step_done"),
                ("asked", "received", "supplement_requested"),
                ("ready", "received", "step_done", "completed", "result_at_desk"),
            ),
            2,
        ):
            self.codes[name] = await self._dossier(number)
            await self.desks.states(self.codes[name], *events)
        await drain()

    async def _carried(self) -> None:
        """Send one dossier off: packed, sealed in a manifest, on its way."""
        self.codes["carried"] = carried = await self._dossier(5)
        await self._scan(self.office, "accept", carried)
        item = (await self.post("/items", {"destination": DESK, "pieces": [carried]}))["code"]
        await self._scan(self.office, "accept", item)
        manifest = (await self.post("/manifests", {"receiver": DESK, "lines": [item]}))["code"]
        await self.post(f"/manifests/{manifest}/seal", None)
        await self.post(f"/manifests/{manifest}/dispatch", None)
        await self._scan(self.office, "depart", item)
        self.codes |= {"carried_item": item, "carried_manifest": manifest}
        await drain()

    async def _published(self) -> None:
        """Publish the report of a month that is over."""
        self.codes["published_report"] = sheet = f"BAOCAO-766-2026M10-{AUTHORITY}"
        control = await headers(AUTHORITY, Role.CONTROL, now=self.clock.instant)
        await self.post(f"/reports/{sheet}/publish", None, by=control)

    async def _in_one_go(self) -> None:
        """Receive a dossier by the desk's buttons for many."""
        picked = {"act": "received", "pick": [await self._dossier(0)]}
        done = await self.client.post("/desk/bulk", data=picked, headers=self.agency)
        assert done.status_code == 303, done.text
        self.codes["batch"] = done.headers["Location"].rsplit("/", 1)[1]

    async def _scan(self, by: Scanner, kind: str, code: str, **fields: Any) -> None:
        now = self.clock.instant
        [result] = await by.results([by.scan(kind, code, now, **fields)], now)
        assert result["verdict"] == "accepted", result
