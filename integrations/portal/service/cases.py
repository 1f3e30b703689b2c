"""The cases of some dossiers while rows of another system are added to them, one after the other."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from integrations.portal import repository
from integrations.portal.rules import Fate, Implied, body_of, decide, event_id, refusal, status_of
from postal.errors import PostalError
from postal.identity.rules import Actor
from shipments.dossiers.batches import Course, Took
from shipments.dossiers.rules import Dossier, fold
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


class Cases:
    """What is known of some cases. A row is judged with those before it that stand, and with no other."""

    def __init__(self, course: Course, fallen: dict[str, tuple[bool, bool]]) -> None:
        """Begin with what is known; `fallen` says of each result whether it was delivered, or came back."""
        self._course, self._fallen = course, fallen
        self._papers: dict[tuple[str, int | None], dict[str, int]] = {}
        self._new: list[UUID] = []

    @classmethod
    async def begin(cls, codes: Collection[str], actor: Actor, now: datetime) -> "Cases":
        """Hold cases, as far as the actor may see them, until the caller's unit of work ends."""
        course = await Course.begin(codes, actor=actor, now=now)
        fallen = {
            known.code: (known.delivered_at is not None, known.came_back)
            for known in await repository.known(list(course.dossiers))
        }
        return cls(course, fallen)

    async def say(self, code: str, said: Implied) -> str:
        """Add what a row tells, if the rules allow it; gives what becomes of it.

        Raises:
            RowError: The move is not allowed, or something between is missing.
        """
        dossier = self._course.dossiers.get(code)
        if dossier is None:
            raise RowError("dossier.not_found", "Không tìm thấy hồ sơ này", "There is no such dossier")
        events = self._course.events(code)
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
        if decided.fate is not Fate.STATE or decided.kind is None:
            return decided.fate.value
        identifier = event_id(code, said)
        body = body_of(said, decided.kind, case.due_now, await self._listed(dossier))
        statement = Statement(kind=decided.kind, at=decided.at, id=identifier, body=body)
        became = await self._course.take(code, statement)
        if became.state == "new":
            self._new.append(identifier)
        return _fate_of(became)

    async def _listed(self, dossier: Dossier) -> dict[str, int]:
        version = (dossier.procedure, dossier.procedure_version)
        if version not in self._papers:
            self._papers[version] = await repository.listed_papers(*version)
        return self._papers[version]

    async def write(self) -> list[UUID]:
        """Write what was added; gives the ids of its events."""
        await self._course.write()
        return self._new


def _fate_of(became: Took) -> str:
    refused = became.error
    if refused is None:
        return (Fate.STATE if became.state == "new" else Fate.REPEATED).value
    # What happened since allows it no more in its place: the newer state stands.
    if refused.code == "case.move_not_allowed" and "event" in refused.extra:
        return Fate.STALE.value
    raise RowError.of(refused)
