"""What the law gives for lost, late and damaged pieces: windows of claims, limits of answers, the least that is paid.

Every number comes from dated constants and names its text. What the facts do not give is said to be missing.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct

from manifests.incidents.rules.model import Cause, ClaimKind
from postal.calendars.rules import Limit, Unit, WorkingTime, due_of
from postal.calendars.rules.limits import last_day
from postal.instants import Instant
from postal.law.rules import Constants, TransitLimit, Zone
from shipments.custody.rules import CITIZEN, Custody, Phase, ScanKind, Step
from shipments.fees.rules import COLLECTED, Entry, FeeLine
from shipments.pieces.rules import Piece

WITHIN_PROVINCE = frozenset({Zone.INNER, Zone.INTER})


class Basis(Struct, frozen=True, kw_only=True):
    """A number of the law, where it stands, and how sure we are of it."""

    name: str
    value: int
    citation: str
    status: str


class Journey(Struct, frozen=True, kw_only=True):
    """The way of a piece as claims judge it, with the rows that prove it.

    `missed` is None while that cannot be told: no standard for the leg, or it is still on its way within its time.
    """

    accepted_on: date | None = None
    accepted_row: UUID | None = None
    zone: Zone | None = None
    standard: str | None = None
    due_on: date | None = None
    arrived_at: Instant | None = None
    arrived_row: UUID | None = None
    missed: bool | None = None


class Window(Struct, frozen=True, kw_only=True):
    """When a claim may be lodged: from a day on, up to and including the last day; None while it cannot be told."""

    start: date | None
    last: date | None
    citation: str

    def over_on(self, day: date) -> bool:
        """Tell whether the window is over on a day."""
        return self.last is not None and day > self.last


class Answer(Struct, frozen=True, kw_only=True):
    """By when a claim must be answered: the stricter of the service's limit and the general one."""

    due: Instant
    citation: str


class Fare(Struct, frozen=True, kw_only=True):
    """What carrying the piece cost, in đồng, and where that is known from."""

    amount: int
    citation: str
    status: str


class Compensation(Struct, frozen=True, kw_only=True):
    """The least that must be paid, in đồng: times the fare, and what re-issuing the papers cost.

    `least` is None while the fare is not known (`fare_needed`), or where the law pays the real damage up to a limit.
    """

    least: int | None
    most: int | None = None
    fare: Fare | None
    fare_needed: bool
    times: int
    reissue_cost: int
    basis: tuple[Basis, ...]


class Answering(Struct, frozen=True, kw_only=True):
    """Who answers for a piece and why: the row that made it so, the last row of all, and an offer not taken up."""

    claims: tuple[str, ...]
    since: Instant | None = None
    row: UUID | None = None
    kind: str | None = None
    last_row: UUID | None = None
    last_kind: str | None = None
    last_at: Instant | None = None
    offered_to: str | None = None
    offer_row: UUID | None = None


def answering(custody: Custody, until: datetime | None = None) -> Answering:
    """Name the last confirmed holder up to an instant, by the step from which the present claim stands."""
    steps = [step for step in custody.steps if until is None or step.at <= until]
    made: Step | None = None
    claims: tuple[str, ...] = ()
    for step in steps:
        if step.claims != claims or made is None:
            made, claims = step, step.claims
    last = steps[-1] if steps else None
    offer = last.offer if last else None
    return Answering(
        claims=claims or custody.claims,
        since=made.at if made else custody.since,
        row=made.row if made else None,
        kind=made.kind if made else None,
        last_row=last.row if last else None,
        last_kind=last.kind if last else None,
        last_at=last.at if last else None,
        offered_to=offer.receiver if offer else None,
        offer_row=offer.row if offer else None,
    )


def journey_of(
    piece: Piece,
    custody: Custody,
    zone: Zone | None,
    standards: Sequence[TransitLimit],
    time: WorkingTime,
    on: date,
) -> Journey:
    """Tell when the post took a piece, by when it had to be there, and when it was; as seen on a day."""
    accepted = _acceptance(piece, custody)
    accepted_on = time.local_day(accepted.at if accepted else piece.registered_at)
    standard = next(
        (
            each
            for each in standards
            if each.zone is zone
            and not each.with_slip
            and each.valid_from <= accepted_on
            and (each.valid_to is None or accepted_on < each.valid_to)
        ),
        None,
    )
    due_on = time.add_working_days(accepted_on, standard.days) if standard else None
    arrived = _arrival(piece, custody)
    missed: bool | None = None
    if due_on is not None and arrived is not None:
        missed = time.local_day(arrived.at) > due_on
    elif due_on is not None and on > due_on:
        missed = True
    return Journey(
        accepted_on=accepted_on,
        accepted_row=accepted.row if accepted else None,
        zone=zone,
        standard=f"J+{standard.days}; {standard.citation}" if standard else None,
        due_on=due_on,
        arrived_at=arrived.at if arrived else None,
        arrived_row=arrived.row if arrived else None,
        missed=missed,
    )


def _acceptance(piece: Piece, custody: Custody) -> Step | None:
    """Find the step by which the post took the piece; one registered at an office was taken with its registration."""
    kinds = {ScanKind.ACCEPT.value}
    if piece.direction == "outbound":
        kinds.add(ScanKind.RECEIVE.value)
    return next(
        (
            step
            for step in custody.steps
            if step.kind in kinds and (step.kind == ScanKind.ACCEPT or step.organisation != piece.origin)
        ),
        None,
    )


def _arrival(piece: Piece, custody: Custody) -> Step | None:
    """Find the step that ended the way: the delivery, or the destination's receipt."""
    if custody.phase is Phase.DELIVERED:
        return next((step for step in reversed(custody.steps) if step.kind == ScanKind.DELIVER), None)
    if piece.destination == CITIZEN:
        return None
    return next((step for step in custody.steps if step.claims == (piece.destination,)), None)


def window_of(kind: ClaimKind, journey: Journey, constants: Constants, time: WorkingTime) -> Window:
    """Tell until when a claim may be lodged; without a published transit time it runs from the day after acceptance."""
    damage = kind in {ClaimKind.DAMAGE, ClaimKind.OTHER}
    months = constants["claim.window_months.damage" if damage else "claim.window_months.loss"]
    start: date | None
    if damage:
        start = time.local_day(journey.arrived_at) if journey.arrived_at else None
    elif journey.due_on is not None:
        start = journey.due_on
    else:
        start = journey.accepted_on + timedelta(days=1) if journey.accepted_on else None
    last = last_day(time, start, Limit(int(months.value), Unit.MONTHS)) if start else None
    return Window(start=start, last=last, citation=months.citation)


def answer_of(lodged_at: datetime, zone: Zone | None, constants: Constants, time: WorkingTime) -> Answer:
    """Tell by when a claim must be answered; for a leg that is not known, by the shorter limit."""
    name = "province" if zone is None or zone in WITHIN_PROVINCE else "interprovince"
    days, months = constants[f"claim.answer_days.{name}"], constants["claim.answer_months"]
    limits = (
        (due_of(time, lodged_at, Limit(int(days.value), Unit.WORKING_DAYS)), days.citation),
        (due_of(time, lodged_at, Limit(int(months.value), Unit.MONTHS)), months.citation),
    )
    due, citation = min(limits)
    return Answer(due=due, citation=citation)


def compensation_of(
    what: Cause | ClaimKind, fare: Fare | None, reissue_cost: int, constants: Constants
) -> Compensation:
    """Compute the least that must be paid; for damage the law pays the real damage, up to that of a loss."""
    late = what is ClaimKind.LATE
    name = "compensation.late_fares" if late else "compensation.floor_fares"
    times = constants[name]
    whole = fare.amount * int(times.value) + reissue_cost if fare else None
    partial = what in {Cause.DAMAGED, ClaimKind.DAMAGE, ClaimKind.OTHER}
    basis = [times, *([constants["compensation.reissue"]] if reissue_cost else [])]
    if partial:
        basis.append(constants["compensation.real_damage"])
    return Compensation(
        least=(reissue_cost if fare else None) if partial else whole,
        most=whole if partial else None,
        fare=fare,
        fare_needed=fare is None,
        times=int(times.value),
        reissue_cost=reissue_cost,
        basis=tuple(
            Basis(name=each.name, value=int(each.value), citation=each.citation, status=each.status.value)
            for each in basis
        ),
    )


def fare_of(zone: Zone | None, constants: Constants) -> Fare | None:
    """Look a fare up; None where no dated row gives one, since the floor must not be a guess."""
    known = constants.find(f"fare.{zone}") if zone else None
    return (
        Fare(amount=int(known.value), citation=known.citation, status=known.status.value) if known else None
    )


def paid_fare(entries: Iterable[Entry]) -> Fare | None:
    """Read the fare from the receipts of a dossier; None where none was taken, or several and one cannot tell which."""
    taken = [
        each
        for each in entries
        if each.line is FeeLine.FARE and each.kind == COLLECTED and each.void_by is None
    ]
    if len(taken) != 1:
        return None
    return Fare(amount=taken[0].amount, citation=f"Biên lai cước {taken[0].receipt}", status="receipt")


def pay_due_of(documented_at: datetime, constants: Constants, time: WorkingTime) -> datetime:
    """Tell by when compensation must be paid, counted from the document of liability."""
    return due_of(time, documented_at, Limit(constants.number("compensation.pay_days"), Unit.DAYS))
