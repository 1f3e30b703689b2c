"""What an office wants, what came of it, and what a leg costs."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from postal.calendars.rules import Convention, Limit
from postal.law.rules.model import Component, Constant, ProcessStep, Reading, Status, TransitLimit, Zone


class Draft(Struct, frozen=True, kw_only=True):
    """A version as an office wants it; `issuer` counts with the first version only."""

    name_vi: str
    name_en: str
    limit: Limit
    convention: Convention
    calendar: str
    t0_reading: Reading | None
    eligible_submit: bool
    eligible_return: bool
    requires_presence: bool
    state_secret: bool
    territory_free: bool
    fee: int
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status
    components: Sequence[Component]
    steps: Sequence[ProcessStep]
    issuer: str | None = None


class Changed(Struct, frozen=True, kw_only=True):
    """What a change did: what holds from when, what it ended, and how many open dossiers keep what they began under."""

    what: str
    subject: str
    version: int | None
    valid_from: date
    valid_to: date | None
    ended: int | None
    ended_on: date | None
    open_dossiers: int


class Withdrawn(Struct, frozen=True, kw_only=True):
    """What was withdrawn by which decision and why, and what holds again in its place, until when."""

    what: str
    subject: str
    version: int | None
    valid_from: date
    decision: str
    decided_on: date
    reason: str
    again_from: date | None
    again_to: date | None


class Postage(Struct, frozen=True, kw_only=True):
    """What one leg costs within a scope, in đồng, and how long it may take."""

    zone: Zone
    least: Constant
    most: Constant
    transit: TransitLimit | None
