"""This service, a one-stop system and a portal, tied together by bad lines, until nobody has anything left to say."""

import asyncio
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from integrations.deliveries import service as deliveries
from integrations.feed.rules import START
from integrations.feed.service import place
from integrations.inbox.service import work_off
from integrations.outgoing import service as outgoing
from integrations.portal.repository import Whose, codes_of, known
from integrations.portal.rules import as_json, dossier_fields
from integrations.portal.service.reading import progress
from integrations.portal.service.sending import FOLLOWER, gather
from postal.config import OutgoingSettings, Settings, held, hold
from postal.db import fetch, unit_of_work
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, PROCEDURE, Desks, a_dossier
from tests.factories.partners import Sender
from tests.onestop.receiver import Books, Chances, receiving
from tests.onestop.system import COMPARED, OneStop, written

DONE_AND_HERE = """
SELECT code FROM dossier
WHERE status = 9 AND NOT EXISTS (SELECT FROM custody WHERE custody.code = dossier.code || '-KQ' AND phase = 'delivered')
"""
AT_ONCE = 8
TEN_MINUTES = timedelta(minutes=10)


class World:
    """All of them, and what they went through."""

    def __init__(self, client, clock, count: int, chances: Chances) -> None:
        self.client, self.clock, self.count, self.chances = client, clock, count, chances
        self.rounds = 0

    async def play(self) -> "World":
        """Let everybody speak until all is said."""
        self.desks = await Desks(self.client, self.clock.instant).prepare()
        begun = self.clock.instant
        self.clock.advance(timedelta(days=20))
        self.agency, self.portal = OneStop(PROCEDURE, begun), Books()
        async with (
            receiving(self.agency, self.chances, seed=2) as to_agency,
            receiving(self.portal, self.chances, seed=3) as to_portal,
        ):
            kept = held()
            trusting = OutgoingSettings(trusted=(to_agency.origin, to_portal.origin))
            self._configure(replace(kept, outgoing=trusting))
            try:
                await self._meet(to_agency.origin, to_portal.origin)
                await self._begin(begun)
                while await self._round():
                    self.rounds += 1
                    assert self.rounds < 150, await self._unsaid()
            finally:
                self._configure(kept)
            self.calls = to_agency.calls + to_portal.calls
            self.odd = to_agency.odd + to_portal.odd
        return self

    @staticmethod
    def _configure(settings: Settings) -> None:
        hold(settings)
        outgoing.configure(settings)

    async def _meet(self, agency: str, portal: str) -> None:
        settings = {"authority": AUTHORITY, "office": OFFICE, "sync": True}
        self.sender = await Sender.of(
            self.client, self.clock, "mot-cua-hue", "agency", DESK, url=f"{agency}/nhan", settings=settings
        )
        await Sender.of(self.client, self.clock, "cong-dvc", "portal", AUTHORITY, url=f"{portal}/VXPAdapter")
        await place(FOLLOWER, START)

    async def _begin(self, begun) -> None:
        """Have the agency open one half of the dossiers, and the post the other."""
        own = []
        for number in range(self.count):
            code = f"{AUTHORITY}-{begun:%Y%m%d}-{number * 13 + 1:07d}"
            if number % 2:
                self.agency.open(code)
            else:
                at = begun + timedelta(minutes=number % 1_000)
                own.append(a_dossier(code=code, registered_at=at.isoformat(), lines=[]))
        for start in range(0, len(own), AT_ONCE):
            await asyncio.gather(*map(self._register, own[start : start + AT_ONCE]))

    async def _register(self, dossier: dict) -> None:
        answer = await self.client.post("/api/v1/dossiers", json=dossier, headers=self.desks.clerk)
        assert answer.status_code == 201, answer.text

    async def _round(self) -> bool:
        await self.agency.say(self._post, loss=self.chances.lost + self.chances.unanswered, rows=50)
        await self._work()
        brought = [row["code"] for row in await fetch(DONE_AND_HERE)]
        if brought:
            await self._bring_home(brought)
            await self._work()
        left = await fetch(
            "SELECT (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'behind', 'sending')) AS out, "
            "(SELECT count(*) FROM inbox_message WHERE state = 'waiting') AS come"
        )
        return bool(self.agency.waiting or left[0]["out"] or left[0]["come"] or brought)

    async def _unsaid(self) -> str:
        """Tell what nobody takes: an end that never comes has a reason."""
        kept = await fetch("SELECT code, results::text FROM inbox_message WHERE state = 'waiting' LIMIT 3")
        sent = await fetch("SELECT state, count(*) FROM delivery GROUP BY state")
        return f"{self.agency.waiting[:3]} {[dict(row) for row in [*kept, *sent]]}"

    async def _work(self) -> None:
        now = self.clock.advance(TEN_MINUTES)
        await work_off(now)
        await gather(now)
        await deliveries.deliver_due(now)

    async def _post(self, body: bytes) -> dict:
        answer = await self.client.post(
            f"/api/v1/partners/{self.sender.code}/portal",
            content=body,
            headers={"Content-Type": "application/json", **self.sender.key},
        )
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content)

    async def _bring_home(self, codes: list[str]) -> None:
        now = self.clock.instant
        for start in range(0, len(codes), 200):
            rows = [
                authored(
                    stream=Stream.SCAN,
                    kind=kind,
                    code=f"{code}-KQ",
                    occurred_at=now + timedelta(seconds=after),
                    now=now + timedelta(seconds=2),
                    actor_organisation=OFFICE,
                    body={"place": OFFICE, **body},
                )
                for code in codes[start : start + 200]
                for kind, after, body in (("receive", 0, {"counterparty": DESK}), ("deliver", 1, {}))
            ]
            async with unit_of_work():
                await record(rows)

    async def differences(self) -> list[tuple]:
        """Compare all books field by field; an empty list is what is wanted."""
        end = self.clock.instant + timedelta(days=1)
        whose = Whose(everything=True, organisations=(), program=False)
        codes = [code for _, code in await codes_of(end - timedelta(days=90), end, whose, None, 1_000_000)]
        found = [(code, "MaHoSo") for code in set(codes) ^ self.agency.records.keys()]
        found += [(code, "MaHoSo") for code in set(codes) ^ self.portal.dossiers.keys()]
        for start in range(0, len(codes), 500):
            some = codes[start : start + 500]
            steps: dict[str, set] = {}
            for row in await progress(some):
                steps.setdefault(row.ma_ho_so, set()).add((row.thoi_diem_xu_ly, row.noi_dung_xu_ly))
            for each in await known(some):
                ours = msgspec.json.decode(as_json(dossier_fields(each)))
                theirs, told = self.agency.records.get(each.code, {}), self.portal.dossiers.get(each.code, {})
                found += [
                    (each.code, name, ours[name], theirs.get(name))
                    for name in COMPARED
                    if ours[name] != theirs.get(name)
                ]
                found += [
                    (each.code, name, ours[name], told.get(name))
                    for name in ours
                    if ours[name] != told.get(name)
                ]
                if steps.get(each.code) != self.portal.progress.get(each.code):
                    found.append(
                        (each.code, "progress", steps.get(each.code), self.portal.progress.get(each.code))
                    )
        return found


__all__ = ["World", "written"]
