"""Seeded days of a small network, and the many ways in which what its devices said can arrive.

The truth is plain: acts lie far enough apart that clocks within their uncertainty cannot turn them round, though each
device's clock is wrong by hours and drifts. What varies from way to way is when a device has a network, what it sends
together and in which order, and what it sends again because the answer was lost.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from postal.ledger.rules import Content, Row, Stream, canonical_instant, content_hash
from shipments.custody.rules.wire import DeviceTime
from shipments.pieces.rules import s10

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SLOT = timedelta(seconds=40)
"""The least time between two acts: more than two clocks' uncertainty. No multiple of it is near the 15 minutes within
which an offer may come after its receipt."""

OFFICE, HUB, DESK, OTHER = "BC-1", "HUB-1", "DESK-1", "BC-9"
PARTIES = (OFFICE, HUB, DESK, OTHER)
BAGS = ("TUI-01", "TUI-02")
ITEMS = (s10("DH", 11), s10("DH", 2222), s10("DH", 333333))
LISTS = {"BK-261123-AAAAAA": (OFFICE, HUB), "BK-261123-CCCCCC": (OFFICE, DESK)}
HANDS = (
    "offer",
    "receive",
    "refuse",
    "pack",
    "unpack",
    "accept",
    "depart",
    "arrive",
    "hold",
    "deliver",
    "report",
)


class Device(Struct):
    """A scanner with a wrong clock; `dark` are the slots in which it has no network, `dead` what it never sends."""

    party: str
    skew: timedelta
    drift: float
    dark: tuple[int, int] | None
    dead_from: int | None
    seq: int = 0

    def reads(self, at: datetime) -> datetime:
        """Give what its clock shows at an instant."""
        return at + self.skew + (at - MORNING) * self.drift


class Said(Struct):
    """One content of a scan: by which device, in which slot of the day."""

    content: Content
    device: str
    slot: int
    hash: bytes


class Day(Struct):
    """A truth: what was said, what the system itself recorded, and which list names which pieces."""

    seed: int
    devices: dict[str, Device]
    said: list[Said] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ends: int = 0

    def never_sends(self, device: str) -> bool:
        """Tell whether a device broke with something still to send."""
        broken = self.devices[device].dead_from
        return broken is not None and any(one.device == device and one.slot >= broken for one in self.said)

    def offline(self, device: str) -> bool:
        """Tell whether a device was without a network for a while."""
        return self.devices[device].dark is not None


class Known(Struct):
    """A plain ledger: the first receipt of each id, and every content of the ids that said two things."""

    rows: list[Row]
    disputed: dict[UUID, list[Row]]

    def shuffled(self, seed: int) -> "Known":
        """Give the same rows in another order."""
        chance = random.Random(seed)
        rows, disputed = list(self.rows), [(key, list(rows)) for key, rows in self.disputed.items()]
        chance.shuffle(rows)
        chance.shuffle(disputed)
        for _, contents in disputed:
            chance.shuffle(contents)
        return Known(rows, dict(disputed))


def at(slot: float) -> datetime:
    """Give the instant of a slot."""
    return MORNING + slot * SLOT


def day_of(seed: int) -> Day:
    """Make the truth of a seed."""
    chance = random.Random(seed)
    devices = {f"may-{party.lower()}": _device(chance, party) for party in PARTIES}
    day = Day(seed, devices)
    slots = iter(sorted(chance.sample(range(4, 400), 34)))
    _record_lists(day, chance)
    for _ in range(chance.randint(6, 15)):
        _act(day, chance, slots)
    day.ends = 420
    return day


def _device(chance: random.Random, party: str) -> Device:
    dark = chance.randrange(0, 300)
    return Device(
        party=party,
        skew=timedelta(seconds=chance.choice((0, 0, -3, 40, 7200, -86400))),
        drift=chance.uniform(-5e-5, 5e-5),
        dark=(dark, dark + chance.randrange(20, 200)) if chance.random() < 0.6 else None,
        dead_from=chance.randrange(100, 400) if chance.random() < 0.1 else None,
    )


def _record_lists(day: Day, chance: random.Random) -> None:
    """Seal and dispatch a list or two; the system's own rows lie between the slots."""
    pieces = [*ITEMS, *BAGS]
    for number, (code, (giver, receiver)) in enumerate(LISTS.items()):
        lines = tuple(chance.sample(pieces, chance.randint(1, 3)))
        sealed = chance.randrange(2 + 100 * number, 100 + 100 * number) + 0.5
        dispatched = sealed + chance.randrange(1, 60)
        day.lists[code] = lines
        body = {"giver": giver, "receiver": receiver, "lines": list(lines), "digest": "0" * 64}
        body |= {"created_at": canonical_instant(at(1))}
        day.records.append(_record(day, 2 * number, "manifest.sealed", code, sealed, body, lines))
        if chance.random() < 0.9:
            day.records.append(_record(day, 2 * number + 1, "manifest.dispatched", code, dispatched, {}, ()))


def _record(
    day: Day, number: int, kind: str, code: str, slot: float, body: dict[str, Any], subjects: tuple[str, ...]
) -> Row:
    content = Content(
        id=_id(day, 900 + number, slot),
        stream=Stream.RECORD,
        kind=kind,
        code=code,
        occurred_at=at(slot),
        body=body,
        subjects=subjects,
    )
    return Row(
        content=content, received_at=at(slot), corrected_at=at(slot), content_hash=content_hash(content)
    )


def _id(day: Day, number: int, slot: float) -> UUID:
    tail = (day.seed & 0xFFFFFFFF) << 20 | number
    ms = int((at(slot) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
    return UUID(int=(ms << 80) | (7 << 76) | (2 << 62) | tail)


def _act(day: Day, chance: random.Random, slots: Iterator[int]) -> None:
    """Let something happen: mostly a handover of both sides, else any act, a second content, or a correction."""
    mood = chance.random()
    code = chance.choice((*ITEMS, *ITEMS, *BAGS))
    manifest = chance.choice((None, None, *LISTS))
    if mood < 0.4:
        giver, receiver = chance.sample(PARTIES, 2)
        one, two = next(slots), next(slots)
        if chance.random() < 0.15:
            # The giver's scan comes after the receiver's: still the same handover, if soon enough.
            one, two = two, one
        if chance.random() < 0.9:
            _say(day, giver, "offer", code, one, counterparty=receiver, manifest=manifest)
        if chance.random() < 0.9:
            _say(day, receiver, "receive", code, two, manifest=manifest)
    elif mood < 0.55 and day.said:
        wrong = chance.choice(day.said)
        same = PARTIES if chance.random() < 0.2 else (day.devices[wrong.device].party,)
        _correct(day, chance, wrong, chance.choice(same), next(slots))
    elif mood < 0.67 and day.said:
        _contradict(day, chance)
    else:
        _any_act(day, chance, code, next(slots), manifest)


def _any_act(day: Day, chance: random.Random, code: str, slot: int, manifest: str | None) -> None:
    kind = chance.choice(HANDS)
    fields: dict[str, Any] = {"manifest": manifest}
    if kind in ("pack", "unpack"):
        code = chance.choice(ITEMS)
        fields["container"] = chance.choice(BAGS)
    if kind == "report":
        fields["condition"] = chance.choice(("damaged", "lost", "found"))
    if chance.random() < 0.1 and kind in ("offer", "receive", "refuse"):
        code = chance.choice(tuple(LISTS))
    _say(day, chance.choice(PARTIES), kind, code, slot, **fields)


def _say(day: Day, party: str, kind: str, code: str, slot: int, **fields: Any) -> None:
    name = f"may-{party.lower()}"
    device = day.devices[name]
    device.seq += 1
    content = Content(
        id=_id(day, len(day.said), slot),
        stream=Stream.SCAN,
        kind=kind,
        code=code,
        occurred_at=device.reads(at(slot)),
        organisation=party,
        person=f"NV-{party}",
        device=name,
        epoch="epoch-1",
        seq=device.seq,
        body={key: value for key, value in fields.items() if value is not None},
        subjects=(fields["container"],) if fields.get("container") else (),
    )
    day.said.append(Said(content, name, slot, content_hash(content)))


def _correct(day: Day, chance: random.Random, wrong: Said, party: str, slot: int) -> None:
    """Take something back; where two contents were said, mostly keep one of them."""
    keep = None
    same = [one for one in day.said if one.content.id == wrong.content.id]
    if len(same) > 1 and chance.random() < 0.7:
        keep = chance.choice(same).hash.hex()
    _say(day, party, "correct", wrong.content.code, slot, corrects=str(wrong.content.id), keep=keep)


def _contradict(day: Day, chance: random.Random) -> None:
    """Say something else under an id that is given: a device that was restored, or tampered with."""
    first = chance.choice(day.said)
    if first.content.kind == "correct":
        return
    news = ({"reason": "other"}, {"manifest": next(iter(LISTS))}, {"condition": "opened"})
    body = {**first.content.body, **chance.choice(news)}
    other = replace(first.content, body=body)
    if all(other != one.content for one in day.said):
        day.said.append(Said(other, first.device, first.slot, content_hash(other)))


def uploads(day: Day, way: int) -> list[tuple[timedelta, str, list[Said]]]:
    """Give when each device sends what; way 0 sends everything once, in order, at the end of the day.

    Other ways send pieces of it in any order once they were said, while there is a network, and some of it again.
    """
    chance = random.Random(day.seed * 1000 + way)
    sent: list[tuple[timedelta, str, list[Said]]] = []
    for name, device in day.devices.items():
        own = [one for one in day.said if one.device == name]
        own = [one for one in own if device.dead_from is None or one.slot < device.dead_from]
        if way == 0:
            sent.append((SLOT * day.ends, name, own))
            continue
        chance.shuffle(own)
        own += [one for one in own if chance.random() < 0.3]
        while own:
            size = chance.randint(1, 6)
            batch, own = own[:size], own[size:]
            earliest = max(one.slot for one in batch)
            if device.dark and device.dark[0] <= earliest < device.dark[1]:
                earliest = device.dark[1]
            sent.append((SLOT * (earliest + chance.expovariate(1 / 40)) + SLOT / 10, name, batch))
    return sorted(sent, key=lambda one: one[0])


def arrive(day: Day, way: int) -> Known:
    """Let everything arrive in one way, and keep it as the ledger does."""
    chance = random.Random(day.seed * 1000 + way + 500)
    first: dict[UUID, Row] = {row.content.id: row for row in day.records}
    every: dict[UUID, dict[bytes, Row]] = {}
    for after, name, batch in uploads(day, way):
        sent = MORNING + after
        time = DeviceTime(day.devices[name].reads(sent), sent + timedelta(seconds=chance.uniform(0.02, 1.5)))
        for one in batch:
            row = _received(one, time)
            first.setdefault(row.content.id, row)
            every.setdefault(row.content.id, {}).setdefault(row.content_hash, row)
    disputed = {
        row_id: [contents[key] for key in sorted(contents)]
        for row_id, contents in every.items()
        if len(contents) > 1
    }
    return Known(sorted(first.values(), key=lambda row: row.content.id), disputed)


def _received(said: Said, time: DeviceTime) -> Row:
    occurred_at = said.content.occurred_at
    return Row(
        content=said.content,
        received_at=time.received_at,
        corrected_at=time.corrected(occurred_at),
        skew_ms=time.skew_ms,
        uncertainty_ms=time.uncertainty_ms(occurred_at),
        content_hash=said.hash,
    )


def without_receipt(known: Known) -> tuple[set[UUID], dict[UUID, list[bytes]]]:
    """Give what of a ledger must not depend on how it arrived: its ids and, of each, every content."""
    contents = {row.content.id: [row.content_hash] for row in known.rows}
    return set(contents), contents | {
        row_id: [row.content_hash for row in rows] for row_id, rows in known.disputed.items()
    }
