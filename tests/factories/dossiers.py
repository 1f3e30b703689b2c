"""Dossiers for tests: a procedure, its parties, and requests that register and move a case."""

from datetime import UTC, date, datetime

import httpx

from postal.calendars.rules import Convention, Limit, Unit
from postal.db import unit_of_work
from postal.identity.rules import Role
from postal.law import repository as law
from postal.law.rules import Procedure, Status
from postal.network.rules import Kind
from shipments.tracking import repository as tracking
from tests.factories.identity import headers
from tests.factories.network import organisation

PROCEDURE = "9.000001"
OFFICE, DESK, AUTHORITY = "BC-530000", "MC-HUE", "H57.01"
STRANGER = "BC-999999"


def a_procedure(code: str = PROCEDURE, **different) -> Procedure:
    """Describe a procedure that the post may carry both ways, due in five working days, with what is different."""
    values = {
        "code": code,
        "version": 1,
        "name_vi": "Thủ tục thử",
        "name_en": "Test procedure",
        "limit": Limit(5, Unit.WORKING_DAYS),
        "convention": Convention.END_OF_DAY,
        "calendar": "VN-HC",
        "t0_reading": None,
        "eligible_submit": True,
        "eligible_return": True,
        "requires_presence": False,
        "state_secret": False,
        "territory_free": False,
        "fee": 0,
        "valid_from": date(2025, 7, 1),
        "valid_to": None,
        "citation": "test",
        "status": Status.TEST,
    }
    return Procedure(**values | different)


async def parties() -> None:
    """Store the procedure, and a post office, a desk and an authority."""
    await organisation(OFFICE)
    await organisation(AUTHORITY, kind=Kind.AUTHORITY)
    await organisation(DESK, kind=Kind.DESK, parent=AUTHORITY)
    async with unit_of_work():
        await law.add_procedures([a_procedure()])
    await by_code_alone(AUTHORITY)


async def by_code_alone(authority: str, *, allowed: bool = True, since: date = date(2025, 7, 1)) -> None:
    """Have an agency let its dossiers be tracked by their code alone, or not; without it they are not."""
    await tracking.add_setting(
        tracking.Setting(
            organisation=authority,
            valid_from=since,
            by_dossier_code=allowed,
            decision="1/QĐ",
            person=None,
            stated_at=datetime(2025, 7, 1, tzinfo=UTC),
        )
    )


def a_dossier(**different) -> dict[str, object]:
    """Describe a dossier with one original that has to come back and one copy, with what is different."""
    values: dict[str, object] = {
        "procedure": PROCEDURE,
        "authority": AUTHORITY,
        "desk": DESK,
        "office": OFFICE,
        "service_mode": "both",
        "applicant": {
            "name": "Nguyễn Thị Hằng",
            "phone": "0912 345 678",
            "address": "12 Lê Lợi, Huế",
            "identity_number": "046090001234",
        },
        "lines": [
            {"name": "Giấy chứng nhận", "form": "original", "to_return": True},
            {"name": "Tờ khai", "form": "copy"},
        ],
    }
    return values | different


class Desks:
    """Signed-in callers of the three parties and of a stranger, and what they send."""

    def __init__(self, client: httpx.AsyncClient, now: datetime) -> None:
        self.client = client
        self.now = now

    async def prepare(self) -> "Desks":
        """Store the parties and make their keys."""
        await parties()
        self.clerk = await headers(OFFICE, Role.CLERK, now=self.now)
        self.desk = await headers(DESK, Role.DESK, Role.SPECIALIST, now=self.now)
        self.head = await headers(AUTHORITY, Role.AGENCY_HEAD, Role.SPECIALIST, now=self.now)
        self.stranger = await headers(STRANGER, Role.CLERK, Role.DESK, now=self.now)
        return self

    async def register(self, *, by: dict[str, str] | None = None, **different) -> httpx.Response:
        """Register a dossier at the office's counter unless said otherwise."""
        return await self.client.post(
            "/api/v1/dossiers", json=a_dossier(**different), headers=by or self.clerk
        )

    async def dossier(self, **different) -> str:
        """Register a dossier and give its code."""
        answer = await self.register(**different)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    async def state(
        self, code: str, kind: str, *, by: dict[str, str] | None = None, **fields
    ) -> httpx.Response:
        """State a case event from the desk unless said otherwise."""
        return await self.client.post(
            f"/api/v1/dossiers/{code}/events", json={"kind": kind, **fields}, headers=by or self.desk
        )

    async def states(self, code: str, *kinds: str) -> None:
        """State events one after the other."""
        for kind in kinds:
            answer = await self.state(code, kind)
            assert answer.status_code == 201, answer.text
