"""Hand-held scanners: clocks that are wrong and drift, a queue for hours without a network, impatient resending."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any

import msgspec

from integrations.simulation.rules.hours import iso
from integrations.simulation.rules.steps import Script

BATCH = 100
SCAN_TIME = timedelta(seconds=4)


class Queued(msgspec.Struct, frozen=True):
    """A scan on the device: when it truly happened, and what will be sent."""

    at: datetime
    epoch: str
    shift: str  # empty where nobody opens shifts
    wire: dict[str, Any]


class Scanner:
    """One device with its person; `silent_from` is the instant after which it never reaches the network again."""

    def __init__(self, code: str, organisation: str, person: str, rng: Random, started: datetime) -> None:
        self.code = code
        self.lane = f"device:{code}"
        self.organisation = organisation
        self.person = person
        self.started = started
        self.skew_ms = round(rng.gauss(0, 60_000)) if rng.random() < 0.7 else 0
        self.drift_ppm = rng.uniform(-40, 40)
        self.epoch = f"{rng.getrandbits(64):016x}"
        self.seq = 0
        self.shift: str | None = None
        self.silent_from: datetime | None = None
        self.offline_until: datetime | None = None
        self._queue: list[Queued] = []
        self._ids = Random(rng.getrandbits(64))
        self._last_id_ms = 0
        self._last = started
        self._told: dict[str, int] = {}

    def error_ms(self, true: datetime) -> int:
        """Tell by how much the device's clock is fast at a true instant."""
        return self.skew_ms + round((true - self.started).total_seconds() * self.drift_ppm / 1000)

    def silent(self, true: datetime) -> bool:
        """Tell whether a scan made now will never be uploaded."""
        return self.silent_from is not None and true >= self.silent_from

    def offline(self, true: datetime) -> bool:
        """Tell whether what is scanned now waits on the device for a network."""
        return self.offline_until is not None and true < self.offline_until

    def busy(self, true: datetime) -> bool:
        """Tell whether scans that were asked for are still to be made."""
        return true < self._last + SCAN_TIME

    def restart(self) -> None:
        """Lose the counter, as a reinstalled app does: a new epoch, counting from one."""
        self.epoch = f"{self._ids.getrandbits(64):016x}"
        self.seq = 0

    def scan(self, true: datetime, kind: str, code: str, **fields: Any) -> tuple[str, datetime]:
        """Queue one scan, a few seconds after the one before at the earliest; give its id and its true instant."""
        true = max(true, self._last + SCAN_TIME)
        self._last = true
        if self.shift is None:
            msg = f"{self.code} scans outside a shift at {true}"
            raise ValueError(msg)
        self.seq += 1
        error = self.error_ms(true)
        identity = self._new_id(true + timedelta(milliseconds=error))
        wire = {
            "id": identity,
            "seq": self.seq,
            "kind": kind,
            "code": code,
            "by": self.person,
            "place": self.organisation,
            "occurred_at": iso(true, error),
            **{name: value for name, value in fields.items() if value is not None},
        }
        self._queue.append(Queued(true, self.epoch, self.shift, wire))
        return identity, true

    def _new_id(self, device_time: datetime) -> str:
        milliseconds = max(round(device_time.timestamp() * 1000), self._last_id_ms + 1)
        self._last_id_ms = milliseconds
        value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | self._ids.getrandbits(12) << 64
        value |= 0b10 << 62 | self._ids.getrandbits(62)
        digits = f"{value:032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def sync(self, true: datetime, script: Script, trouble: Random, *, empty: bool = False) -> bool:
        """Upload what waits, with the manners of a bad network: reordered batches, double sends, lost answers.

        Tells whether something is left that is to happen later.
        """
        if self.silent(true) or self.offline(true):
            return False
        done = [item for item in self._queue if item.at <= true]
        self._queue = [item for item in self._queue if item.at > true]
        for item in done:
            self._told[item.epoch] = max(self._told.get(item.epoch, 0), item.wire["seq"])
        batches = list(_batches(done))
        if len(batches) > 1 and trouble.random() < 0.5:
            trouble.shuffle(batches)
        for batch in batches:
            chance = trouble.random()
            self._send(true, script, batch, lossy=chance < 0.06)
            if chance < 0.12:
                self._send(true, script, batch, lossy=False)
        if empty and not batches:
            self._send(true, script, [], lossy=False)
        return bool(self._queue)

    def _send(self, true: datetime, script: Script, batch: list[Queued], *, lossy: bool) -> None:
        epoch = batch[0].epoch if batch else self.epoch
        body: dict[str, Any] = {
            "device": self.code,
            "epoch": epoch,
            "sent_at": iso(true, self.error_ms(true)),
            "last_seq": self._told.get(epoch, 0),
            "scans": [item.wire for item in batch],
        }
        shift = batch[0].shift if batch else self.shift
        if shift:
            body["shift"] = shift
        script.post(true, self.lane, f"@key:{self.code}", "/api/v1/scans", body, lossy=lossy)


def _batches(queue: list[Queued]) -> Iterator[list[Queued]]:
    for _, group in groupby(queue, key=lambda item: (item.epoch, item.shift)):
        items = list(group)
        for first in range(0, len(items), BATCH):
            yield items[first : first + BATCH]
