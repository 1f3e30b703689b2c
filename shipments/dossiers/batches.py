"""Many registrations and events in one unit of work, each judged as if it came alone; a bad one spoils no other."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import asdict, replace

from postal.errors import Conflict, NotFound, PostalError, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.instants import utc
from postal.ledger import service as ledger
from postal.ledger.repository import lock_codes, rows_of
from postal.ledger.rules import Row
from postal.network.rules import local_day
from shipments.dossiers import judging, repository, service
from shipments.dossiers.projection import undisputed
from shipments.dossiers.rules import (
    Applicant,
    CaseEvent,
    CaseKind,
    Dossier,
    Registering,
    events_of,
    fold,
    own_code,
    refuse_other_channel,
    refuse_stranger,
    refuse_without_office,
)
from shipments.dossiers.rules.gate import TOLERANCE
from shipments.dossiers.service import Statement
from shipments.pieces import repository as pieces
from shipments.pieces import service as registration
from shipments.pieces.rules import result_code

STATED = ("procedure", "authority", "desk", "office", "service_mode", "channel", "consent")
"""What a registration said of a dossier, and a repetition must say again."""


class Took(Struct, frozen=True, kw_only=True):
    """What became of one of many. One that `differs` is known already, otherwise: nothing of it was taken."""

    state: Literal["new", "unchanged", "differs", "refused"]
    error: PostalError | None = None
    fields: tuple[str, ...] = ()


NEW = Took(state="new")
UNCHANGED = Took(state="unchanged")


async def register_within(registerings: Sequence[Registering], *, actor: Actor, now: datetime) -> list[Took]:
    """Register dossiers under their own codes in the caller's unit of work; a code that is known changes nothing."""
    await registration.load_patterns()
    codes = sorted({each.code for each in registerings if each.code})
    await lock_codes(codes)
    known = await _known(codes, actor)
    judged = _Judged(actor, now)
    taken: list[Took] = []
    good: list[tuple[str, Registering, int]] = []
    for each in registerings:
        code = each.code or ""
        if code in known:
            taken.append(_compared(each, known[code]))
            continue
        try:
            version = await judged.version(each)
        except PostalError as refused:
            taken.append(Took(state="refused", error=refused))
            continue
        good.append((code, each, version))
        known[code] = each
        taken.append(NEW)
    await service.record_registered(good, actor.organisation, actor.person, now, None)
    return taken


async def state_within(
    statements: Sequence[tuple[str, Statement]], *, actor: Actor, now: datetime
) -> list[Took]:
    """State events in the caller's unit of work, in their order. One of the same kind and instant is known already."""
    course = await Course.begin({code for code, _ in statements}, actor=actor, now=now)
    taken = [await course.take(code, statement) for code, statement in statements]
    await course.write()
    return taken


class _Judged:
    """Judges registrations; what the law and the network say is asked once for those that are alike."""

    def __init__(self, actor: Actor, now: datetime) -> None:
        self._actor, self._now = actor, now
        self._versions: dict[tuple[str, str, str, date], int | PostalError] = {}
        self._parties: dict[tuple[str | None, ...], PostalError | None] = {}

    async def version(self, each: Registering) -> int:
        """Give the version of the procedure, or raise why the dossier is refused."""
        at = each.registered_at or self._now
        if at > self._now + TOLERANCE:
            raise Unprocessable(
                "dossier.in_the_future",
                vi="Thời điểm đăng ký ở tương lai",
                en="The registration lies in the future",
                pointer="/registered_at",
            )
        refuse_stranger(each, self._actor.organisation, self._actor.sees)
        refuse_without_office(each)
        refuse_other_channel(each)
        day = local_day(at)
        own_code(each.code or "", day)
        await self._refuse_unknown(each)
        return await self._version(each, at, day)

    async def _version(self, each: Registering, at: datetime, day: date) -> int:
        key = (each.procedure, each.desk, each.service_mode.value, day)
        if key not in self._versions:
            try:
                self._versions[key] = await service.admissible_version(each, at)
            except PostalError as refused:
                self._versions[key] = refused
        found = self._versions[key]
        if isinstance(found, PostalError):
            raise found
        return found

    async def _refuse_unknown(self, each: Registering) -> None:
        key = (each.authority, each.desk, each.office)
        if key not in self._parties:
            try:
                await service.refuse_unknown_parties(each)
                self._parties[key] = None
            except PostalError as refused:
                self._parties[key] = refused
        if (found := self._parties[key]) is not None:
            raise found


async def _known(codes: Sequence[str], actor: Actor) -> dict[str, Registering | None]:
    """Give what was registered under codes that are taken; None where the actor may not see it."""
    taken = await pieces.find_many(codes)
    seen = await repository.find_seen(sorted(taken), actor)
    applicants = await repository.find_applicants(sorted(seen))
    return {code: _registered(seen[code], applicants.get(code)) if code in seen else None for code in taken}


def _registered(dossier: Dossier, applicant: Applicant | None) -> Registering:
    return Registering(
        code=dossier.code,
        applicant=applicant,
        registered_at=dossier.registered_at,
        **{name: getattr(dossier, name) for name in STATED},
    )


def _compared(said: Registering, known: Registering | None) -> Took:
    """Compare with what is known; who was erased, and an instant that is not said again, is not compared."""
    if known is None:
        taken = Conflict(
            "dossier.code_taken",
            vi="Mã hồ sơ đã được đăng ký",
            en="The code is registered already",
            pointer="/code",
        )
        return Took(state="refused", error=taken)
    fields = [name for name in STATED if getattr(said, name) != getattr(known, name)]
    if said.registered_at and known.registered_at and utc(said.registered_at) != utc(known.registered_at):
        fields.append("registered_at")
    if said.applicant and known.applicant:
        before, after = asdict(known.applicant), asdict(said.applicant)
        fields += [f"applicant.{name}" for name in before if before[name] != after[name]]
    return Took(state="differs", fields=tuple(fields)) if fields else UNCHANGED


class Course:
    """The cases of some dossiers while events are added to them; written in as few statements as their order allows."""

    def __init__(self, actor: Actor, now: datetime, dossiers: dict[str, Dossier]) -> None:
        """Begin with dossiers; `begin` does it with all that is known of them."""
        self._actor, self._now, self.dossiers = actor, now, dossiers
        self._events: dict[str, list[CaseEvent]] = {}
        self._results: set[str] = set()
        self._rows: list[Row] = []
        self._waiting: set[str] = set()

    @classmethod
    async def begin(cls, codes: Collection[str], *, actor: Actor, now: datetime) -> "Course":
        """Hold cases against everybody else until the caller's unit of work ends, and read what is known of them."""
        held = sorted(codes)
        await lock_codes([*held, *map(result_code, held)])
        course = cls(actor, now, await repository.find_seen(held, actor))
        sets = await rows_of(held)
        course._events = {
            code: list(events_of(code, undisputed(sets[code]))) if code in sets else [] for code in held
        }
        course._results = set(await pieces.find_many([result_code(code) for code in held]))
        return course

    def events(self, code: str) -> Sequence[CaseEvent]:
        """Give the events of a case, with those that were added."""
        return self._events[code]

    async def take(self, code: str, statement: Statement) -> Took:
        """Add one event if it may stand; one that may not leaves no trace."""
        try:
            return await self._state(code, statement)
        except PostalError as refused:
            return Took(state="refused", error=refused)

    async def _state(self, code: str, statement: Statement) -> Took:
        dossier = self.dossiers.get(code)
        if dossier is None:
            raise NotFound("dossier.not_found", vi="Không tìm thấy hồ sơ này", en="There is no such dossier")
        judging.refuse_other_agency(dossier, self._actor)
        known, at = self._events[code], statement.at or self._now
        if statement.kind is CaseKind.CLOSED and code in self._waiting:
            # What closes a case is judged by what is written: its state, its papers, its result.
            await self.write()
            dossier = self.dossiers[code] = (await repository.find_many([code]))[code]
        earlier = next((each for each in known if _same(each, statement, at)), None)
        if earlier is not None:
            said = {name for name, value in statement.body.items() if earlier.body.get(name) != value}
            said |= {"kind"} if earlier.kind is not statement.kind else set()
            return Took(state="differs", fields=tuple(sorted(said))) if said else UNCHANGED
        dossier = replace(dossier, due_first=fold(known).due_first)
        event = CaseEvent(
            id=statement.id or new_id(self._now),
            kind=statement.kind,
            at=at,
            organisation=self._actor.organisation,
            body=await service.completed_body(statement, dossier, self._now),
        )
        await judging.refuse(dossier, known, event, self._actor, self._now)
        known.append(event)
        self._add(code, dossier, event)
        return NEW

    def _add(self, code: str, dossier: Dossier, event: CaseEvent) -> None:
        actor = self._actor
        self._waiting.add(code)
        self._rows.append(
            service.event_row(
                code,
                event.id,
                event.kind,
                event.at,
                self._now,
                actor.organisation,
                actor.person,
                event.body,
                None,
            )
        )
        if event.kind is CaseKind.COMPLETED and result_code(code) not in self._results:
            self._results.add(result_code(code))
            self._rows += service.result_rows(
                dossier, event.at, self._now, actor.organisation, actor.person, None
            )

    async def write(self) -> None:
        """Write what was added since."""
        await ledger.record(self._rows)
        self._rows, self._waiting = [], set()


def _same(known: CaseEvent, statement: Statement, at: datetime) -> bool:
    return known.id == statement.id or (known.kind is statement.kind and utc(known.at) == utc(at))
