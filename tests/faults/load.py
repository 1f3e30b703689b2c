"""A load of scans from devices that keep a ledger of what was acknowledged, and its comparison with the database.

fleet = await equip(database_settings, devices=4, pieces=100)
async with Load(url, fleet, rate=100, seed=7) as load:
    ...                             # break things
# on leaving, everything that was made has been sent until it was acknowledged
found = await compare(load.ledger, database_settings)
assert found.clean, found.told(load.seed)
"""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

import asyncpg
import httpx
import msgspec
from msgspec.structs import replace

from postal import clock, db
from postal.config import DatabaseSettings
from postal.identifiers import new_id
from postal.identity.service.devices import enrol, invite_device, register_device
from postal.ledger.projections import export, rebuild
from shipments.pieces.rules.codes import s10
from tests.factories.custody import DESK, HUB, OFFICE, OPERATOR, network
from tests.factories.custody import pieces as register

KINDS = ("accept", "depart", "arrive", "offer", "receive", "hold")
ORGANISATIONS = (OFFICE, HUB, DESK)
ENROLLED_BEFORE = timedelta(minutes=5)
TIMEOUT = httpx.Timeout(5.0, connect=2.0)
STORED = """
SELECT id::text, kind, code, device, epoch, seq, verdict, occurred_at FROM ledger WHERE id = ANY($1::uuid[])
"""
DISPUTED = "SELECT DISTINCT id::text FROM ledger_dispute WHERE id = ANY($1::uuid[])"
SEQUENCES = """
SELECT device, epoch, count(*) AS rows, count(DISTINCT seq) AS seqs FROM ledger
WHERE device = ANY($1::text[]) GROUP BY 1, 2
"""


@dataclass
class Device:
    """An enrolled scanner: what it needs to speak, and where its counting stands."""

    code: str
    organisation: str
    key: str
    epoch: str = "epoch-1"
    seq: int = 0

    def scan(self, kind: str, code: str, at: datetime) -> dict[str, Any]:
        """Make one scan with the device's next number."""
        self.seq += 1
        return {
            "id": str(new_id(at)),
            "seq": self.seq,
            "kind": kind,
            "code": code,
            "by": f"NV-{self.organisation}",
            "occurred_at": at.isoformat(),
        }

    def body(self, scans: Sequence[dict[str, Any]], at: datetime) -> bytes:
        """Write a sync; whoever repeats it sends these bytes again."""
        sync = {
            "device": self.code,
            "epoch": self.epoch,
            "sent_at": at.isoformat(),
            "last_seq": self.seq,
            "scans": list(scans),
        }
        return msgspec.json.encode(sync)


@dataclass
class Fleet:
    """Devices and the codes of pieces for them to scan."""

    devices: list[Device]
    codes: list[str]


@dataclass
class Attempt:
    """One request and what came of it; `status` is None when no answer came."""

    at: float
    seconds: float
    status: int | None
    error: str = ""
    retry_after: str | None = None
    code: str = ""


@dataclass
class Ledger:
    """What was sent, what was acknowledged, and everything that was ever answered, by the id of a scan."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    device_of: dict[str, str] = field(default_factory=dict)
    first: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)

    def note(self, results: Sequence[dict[str, Any]]) -> None:
        """Note the verdicts of one answer."""
        for result in results:
            seen = self.answers.setdefault(result["id"], [])
            if result not in seen:
                seen.append(result)
            self.first.setdefault(result["id"], result)

    @property
    def acknowledged(self) -> set[str]:
        """The ids that the system said it has."""
        return {id_ for id_, result in self.first.items() if result["verdict"] != "refused"}

    @property
    def slowest(self) -> float:
        """Seconds of the longest wait for an answer or an error."""
        return max((attempt.seconds for attempt in self.attempts), default=0.0)

    def statuses(self) -> Counter[int | str]:
        """Count the attempts by status, or by error where no answer came."""
        return Counter(attempt.status or attempt.error for attempt in self.attempts)


@dataclass
class Comparison:
    """What the database makes of a ledger: each list names ids and ought to be empty."""

    sent: int
    acknowledged: int
    stored: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing acknowledged is lost, doubled or different."""
        return not (self.lost or self.doubled or self.different)

    def told(self, seed: object) -> str:
        """Say what was found, and how to see it again."""
        counts = f"sent {self.sent}, acknowledged {self.acknowledged}, stored {self.stored}"
        found = (("lost", self.lost), ("doubled", self.doubled), ("different", self.different))
        return f"SEED={seed}: {counts}; " + "; ".join(f"{name} {len(ids)} {ids[:5]}" for name, ids in found)


async def equip(
    settings: DatabaseSettings,
    *,
    devices: int = 4,
    pieces: int = 100,
    now: Callable[[], datetime] = clock.machine_now,
    name: str = "load",
) -> Fleet:
    """Make organisations, devices and pieces in a running system's database; call it once a database."""
    async with speaking(settings):
        at = now() - ENROLLED_BEFORE
        await network(at)
        codes = [s10("RR", number) for number in range(1, pieces + 1)]
        for start in range(0, pieces, 500):
            await register(*codes[start : start + 500], now=at)
    return Fleet(await add_devices(settings, devices, name, now=now), codes)


async def add_devices(
    settings: DatabaseSettings, count: int, name: str, *, now: Callable[[], datetime] = clock.machine_now
) -> list[Device]:
    """Enrol further devices of the organisations that `equip` made."""
    at = now() - ENROLLED_BEFORE
    async with speaking(settings):
        return [
            await _device(f"{name}-{number}", ORGANISATIONS[number % len(ORGANISATIONS)], at)
            for number in range(count)
        ]


@asynccontextmanager
async def speaking(settings: DatabaseSettings) -> AsyncIterator[None]:
    """Speak to a database in this process, by whatever else is started here already."""
    here = db.ENGINE.pool is not None and db.ENGINE.settings.dsn == settings.dsn
    await db.start(db.ENGINE.settings if here else replace(settings, pool_max=2))
    try:
        yield
    finally:
        await db.stop()


async def _device(code: str, organisation: str, at: datetime) -> Device:
    await register_device(code, organisation, actor=OPERATOR, now=at)
    invitation = await invite_device(code, actor=OPERATOR, now=at)
    return Device(code, organisation, (await enrol(invitation.code, at)).secret)


class Load:
    """Senders, one a device: each takes the scans that fell due, and sends them until they are acknowledged.

    With a `rate` (scans a second of all devices) scans fall due by the clock, whatever the system does (open loop);
    without, a device makes the next batch when the last one is acknowledged. The same bytes are sent again after any
    failure, without a look at what failed, for at most `patience` seconds a batch; then TimeoutError ends the load.
    """

    def __init__(
        self,
        url: str | Callable[[], str],
        fleet: Fleet,
        *,
        rate: float | None = None,
        seed: int = 0,
        largest: int = 5,
        limit: int | None = None,
        patience: float = 60.0,
        timeout: httpx.Timeout = TIMEOUT,
        now: Callable[[], datetime] = clock.machine_now,
    ) -> None:
        self.url = url if callable(url) else lambda: url
        self.fleet = fleet
        self.rate = rate
        self.seed = seed
        self.largest = largest
        self.limit = limit
        self.patience = patience
        self.timeout = timeout
        self.now = now
        self.ledger = Ledger()
        self.begun = time.monotonic()
        self._made = 0
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Begin to send."""
        self.begun = time.monotonic()
        self._tasks = [
            asyncio.create_task(self._run(number, device)) for number, device in enumerate(self.fleet.devices)
        ]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Make no more scans and wait until all are acknowledged; after an error, give up at once."""
        self._over.set()
        if kind is not None:
            for task in self._tasks:
                task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        if kind is None:
            for failed in (result for result in results if isinstance(result, BaseException)):
                raise failed

    async def finished(self) -> None:
        """Wait until `limit` scans are made and acknowledged."""
        await asyncio.gather(*self._tasks)

    async def _run(self, number: int, device: Device) -> None:
        chance = random.Random(f"{self.seed}:{number}")
        # A new connection after each failure, as a device does.
        async with httpx.AsyncClient(timeout=self.timeout) as client:
            due = chance.random() * 0.1
            while not self._over.is_set() and (self.limit is None or self._made < self.limit):
                size = chance.randint(1, self.largest)
                if self.rate is not None:
                    due += size * len(self.fleet.devices) / self.rate
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(
                            self._over.wait(), max(0.0, self.begun + due - time.monotonic())
                        )
                if self.limit is not None:
                    size = min(size, self.limit - self._made)
                await self._send(client, device, self._batch(device, size, chance))

    def _batch(self, device: Device, size: int, chance: random.Random) -> bytes:
        at = self.now()
        scans = [device.scan(chance.choice(KINDS), chance.choice(self.fleet.codes), at) for _ in range(size)]
        self._made += size
        for scan in scans:
            self.ledger.sent[scan["id"]] = scan
            self.ledger.device_of[scan["id"]] = device.code
        return device.body(scans, at)

    async def _send(self, client: httpx.AsyncClient, device: Device, body: bytes) -> None:
        async def once() -> httpx.Response:
            headers = {"Authorization": f"Bearer {device.key}", "Content-Type": "application/json"}
            return await client.post(f"{self.url()}/api/v1/scans", content=body, headers=headers)

        answer = await until_answered(
            once, self.ledger.attempts, begun=self.begun, patience=self.patience, about=device.code
        )
        self.ledger.note(answer.json()["results"])


async def until_answered(
    once: Callable[[], Awaitable[httpx.Response]],
    attempts: list[Attempt],
    *,
    begun: float,
    patience: float,
    about: str = "",
) -> httpx.Response:
    """Send again and again until a success or a refusal; TimeoutError when patience ends."""
    end, pause = time.monotonic() + patience, 0.02
    while True:
        sent = time.monotonic()
        try:
            answer = await once()
        except (httpx.TransportError, OSError) as error:
            attempt = Attempt(sent - begun, time.monotonic() - sent, None, type(error).__name__)
            attempts.append(attempt)
        else:
            attempts.append(
                attempt := Attempt(
                    sent - begun,
                    time.monotonic() - sent,
                    answer.status_code,
                    retry_after=answer.headers.get("Retry-After"),
                    code="" if answer.status_code < 400 else str(answer.content[:300]),
                )
            )
            if answer.status_code < 500 and answer.status_code not in {409, 429}:
                assert answer.status_code < 400, f"{about}: {answer.status_code} {answer.text}"
                return answer
        if time.monotonic() > end:
            msg = f"{about} not acknowledged within {patience:.0f} s; last: {attempt}"
            raise TimeoutError(msg)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.3)


async def compare(ledger: Ledger, settings: DatabaseSettings, *, rebuilt: bool = False) -> Comparison:
    """Hold a ledger against the database.

    Lost is what was acknowledged and is not there. Doubled is an id that stands there twice, counts twice in what is
    derived, or is disputed though only one content was ever sent; `rebuilt` also recreates every projection (that takes
    the owner) and names `projections` as doubled if they differ. Different is a row that says something else than was
    sent, or whose first verdict is not the one that was answered.
    """
    ids = list(ledger.sent)
    connection = await asyncpg.connect(settings.owner_dsn or settings.dsn)
    try:
        rows = await connection.fetch(STORED, [UUID(id_) for id_ in ids])
        disputed = [row["id"] for row in await connection.fetch(DISPUTED, [UUID(id_) for id_ in ids])]
        counts = await connection.fetch(SEQUENCES, sorted(set(ledger.device_of.values())))
    finally:
        await connection.close()
    times = Counter(row["id"] for row in rows)
    found = Comparison(len(ids), len(ledger.acknowledged), len(times))
    found.lost = sorted(ledger.acknowledged - times.keys())
    found.doubled = [id_ for id_, count in times.items() if count > 1] + disputed
    found.doubled += [f"{row['device']}/{row['epoch']}" for row in counts if row["rows"] != row["seqs"]]
    found.different = [row["id"] for row in rows if not _same(row, ledger)]
    if rebuilt and not await _rebuilds(settings):
        found.doubled.append("projections")
    return found


def _same(row: asyncpg.Record, ledger: Ledger) -> bool:
    sent = ledger.sent[row["id"]]
    said = (row["kind"], row["code"], row["seq"], row["device"], row["occurred_at"].isoformat())
    occurred = datetime.fromisoformat(sent["occurred_at"]).astimezone(row["occurred_at"].tzinfo).isoformat()
    if said != (sent["kind"], sent["code"], sent["seq"], ledger.device_of[row["id"]], occurred):
        return False
    verdicts = {answer["first"] or answer["verdict"] for answer in _with_first(ledger, row["id"])}
    return verdicts <= {row["verdict"]}


def _with_first(ledger: Ledger, id_: str) -> list[dict[str, Any]]:
    return [{"first": None, **answer} for answer in ledger.answers.get(id_, ())]


async def _rebuilds(settings: DatabaseSettings) -> bool:
    async with speaking(settings):
        before = await export()
        async with db.as_owner(settings):
            await rebuild()
        return await export() == before
