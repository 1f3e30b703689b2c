"""What is exported, whatever the format: cases, things, steps, and people who cannot be recognised."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from msgspec import Struct

LOCAL = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh since 1975, as a fixed offset: every step of an export is written with it."""

PEOPLE_REMEMBERED = 20_000
BLOCK = 64
"""Bytes that SHA-256 takes at once."""
CITIZEN = "CITIZEN"


class Form(StrEnum):
    """The formats, by the end of the file's name."""

    XES = "xes"
    OCEL_JSON = "ocel.json"
    OCEL_XML = "ocel.xml"


class Thing(Struct, frozen=True, kw_only=True):
    """A piece, a manifest or a trip with the organisations and things that it has to do with, by qualifier."""

    code: str
    type: str
    at: datetime
    attributes: tuple[tuple[str, str], ...]
    organisations: tuple[tuple[str, str], ...]
    things: tuple[tuple[str, str], ...]


class Step(Struct, frozen=True):
    """A row of the ledger as an event. `case` is the dossier in whose trace it stands; `type` that of its own thing."""

    case: str
    id: UUID
    at: datetime
    kind: str
    code: str
    type: str
    organisation: str | None
    person: str | None
    step: str | None
    place: str | None
    manifest: str | None
    container: str | None
    counterparty: str | None
    condition: str | None
    reason: str | None

    @property
    def activity(self) -> str:
        """The name of what was done: a step of the case has one of its own."""
        return self.step or self.kind


class Assigned(Struct, frozen=True):
    """A role that a person had at an organisation for a time."""

    role: str
    organisation: str
    start: datetime
    end: datetime | None


class Veil:
    """Hides who people are: a name is a keyed hash, and the key lives as long as one export.

    So one person is one name within a file, and nobody can follow a person from file to file or hash the staff codes
    that they know. Without a key nobody has a name, and only the role is left.
    """

    def __init__(self, key: bytes | None) -> None:
        self._key = key
        self.name = lru_cache(PEOPLE_REMEMBERED)(self._name)

    @property
    def pads(self) -> tuple[bytes | None, bytes | None]:
        """Give the inner and the outer pad of the keyed hash (HMAC, RFC 2104), for who hashes elsewhere."""
        if self._key is None:
            return None, None
        block = (hashlib.sha256(self._key).digest() if len(self._key) > BLOCK else self._key).ljust(
            BLOCK, b"\0"
        )
        return bytes(each ^ 0x36 for each in block), bytes(each ^ 0x5C for each in block)

    def _name(self, person: str) -> str | None:
        if self._key is None:
            return None
        return "p-" + hmac.new(self._key, person.encode(), hashlib.sha256).hexdigest()[:20]


def role_at(assigned: Sequence[Assigned], organisation: str | None, at: datetime) -> tuple[str, ...]:
    """Give the roles that somebody had at an organisation at an instant, in order of name."""
    if not assigned:
        return ()
    held = {
        each.role
        for each in assigned
        if each.organisation == organisation and each.start <= at and (each.end is None or at < each.end)
    }
    return tuple(sorted(held))


def relations_of(step: Step) -> Iterator[tuple[str, str]]:
    """Name the things other than its own that a step speaks of: qualifier and code."""
    if step.container:
        yield "container", step.container
    if step.manifest:
        yield "manifest", step.manifest


def parties_of(step: Step) -> Iterator[tuple[str, str]]:
    """Name the organisations that a step speaks of: qualifier and code."""
    if step.organisation:
        yield "by", step.organisation
    if step.counterparty and step.counterparty != CITIZEN:
        yield "counterparty", step.counterparty
    if step.place and step.place != step.organisation:
        yield "place", step.place


def written(at: datetime) -> str:
    """Write an instant with its offset, to the microsecond: rows of one second must not change their order."""
    return at.astimezone(LOCAL).isoformat()
