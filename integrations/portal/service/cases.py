"""The cases of some dossiers while rows of another system are added to them, one after the other."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct

from integrations.portal import repository
from integrations.portal.rules import Fate, Implied, body_of, decide, event_id, refusal, status_of
from postal.errors import PostalError
from postal.identity.rules import Actor
from postal.ledger.repository import rows_of
from shipments.dossiers import batches
from shipments.dossiers import repository as stored
from shipments.dossiers.batches import Took
from shipments.dossiers.projection import undisputed
from shipments.dossiers.rules import CaseEvent, Dossier, events_of, fold
from shipments.dossiers.service import Statement


class RowError(Exception):
    """Why a row was not taken, with what is told besides."""

    def __init__(self, code: str, vi: str, en: str, **told: Any) -> None:
        super().__init__(code)
        self.code, self.vi, self.en, self.told = code, vi, en, told

    @classmethod
    def of(cls, refused: PostalError) -> "RowError":
        """Say that a service refused it."""
        both = {name: refused.extra[name] for name in ("from", "to") if name in refused.extra}
        return cls(refused.code, refused.vi, refused.en, **both)


class Waiting(Struct, frozen=True):
    """A statement that a row asks for."""

    row: Any
    code: str
    statement: Statement

    def fate_of(self, became: Took) -> str | RowError:
        """Say what became of it where it was not new."""
        refused = became.error
        if refused is None:
            return Fate.REPEATED.value
        # What happened since allows it no more in its place: the newer state stands.
        if refused.code == "case.move_not_allowed" and "event" in refused.extra:
            return Fate.STALE.value
        return RowError.of(refused)


class Cases:
    """What is known of some cases, and what is to be stated of them."""

    def __init__(
        self,
        dossiers: dict[str, Dossier],
        events: dict[str, list[CaseEvent]],
        fallen: dict[str, tuple[bool, bool]],
        actor: Actor,
    ) -> None:
        """Begin with what is known; `fallen` says of each result whether it was delivered, or came back."""
        self._dossiers, self._events, self._fallen, self._actor = dossiers, events, fallen, actor
        self._papers: dict[tuple[str, int | None], dict[str, int]] = {}
        self._waiting: list[Waiting] = []

    @classmethod
    async def read(cls, codes: Collection[str], actor: Actor) -> "Cases":
        """Read cases that the actor may see."""
        found = await stored.find_seen(sorted(codes), actor)
        sets = await rows_of(list(found))
        events = {
            code: list(events_of(code, undisputed(sets[code]))) if code in sets else [] for code in found
        }
        fallen = {
            known.code: (known.delivered_at is not None, known.came_back)
            for known in await repository.known(list(found))
        }
        cases = cls(found, events, fallen, actor)
        for dossier in found.values():
            version = (dossier.procedure, dossier.procedure_version)
            if version not in cases._papers:
                cases._papers[version] = await repository.listed_papers(*version)
        return cases

    def say(self, code: str, said: Implied, row: Any) -> str | None:
        """Add what a row tells, if the rules allow it; gives what becomes of it.

        Raises:
            RowError: The move is not allowed, or something between is missing.
        """
        dossier = self._dossiers.get(code)
        if dossier is None:
            raise RowError("dossier.not_found", "Không tìm thấy hồ sơ này", "There is no such dossier")
        events = self._events[code]
        delivered, came_back = self._fallen.get(code, (False, False))
        case = fold(events)
        decided = decide(
            code, events, said, told=status_of(case.status, delivered=delivered, came_back=came_back)
        )
        if decided.fate in {Fate.TOO_EARLY, Fate.REFUSED}:
            vi, en = refusal(decided.before, said.status)
            both: dict[str, Any] = {"from": decided.before.value, "to": said.status.value}
            if decided.fate is Fate.TOO_EARLY:
                both["outcome"] = Fate.TOO_EARLY.value
            raise RowError("portal.move_not_allowed", vi, en, **both)
        if decided.fate is not Fate.STATE or decided.kind is None or decided.at is None:
            return decided.fate.value
        listed = self._papers[dossier.procedure, dossier.procedure_version]
        body = body_of(said, decided.kind, case.due_now, listed)
        identifier = event_id(code, said)
        statement = Statement(kind=decided.kind, at=decided.at, id=identifier, body=body)
        self._waiting.append(Waiting(row, code, statement))
        events.append(
            CaseEvent(
                id=identifier,
                kind=decided.kind,
                at=decided.at,
                organisation=self._actor.organisation,
                body=body,
            )
        )
        return decided.fate.value

    async def write(self, now: datetime) -> list[tuple[Waiting, Took]]:
        """State all of it, in the order in which it was said."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return []
        took = await batches.state_within(
            [(each.code, each.statement) for each in waiting], actor=self._actor, now=now
        )
        return list(zip(waiting, took, strict=True))
