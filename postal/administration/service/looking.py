"""Who looked at what: read by those who answer for it, and itself noted."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from postal.administration import repository
from postal.administration.repository import readings_of
from postal.administration.rules import Entry, Wanted
from postal.audit import service as audit
from postal.files.rules import About
from postal.files.service.subjects import subject_of
from postal.identity import service as identity
from postal.identity.rules import Actor

__all__ = ["about_dossier", "entries", "readings_of"]

READ = "audit.read"


async def entries(
    wanted: Wanted, after: UUID | None, limit: int, *, actor: Actor, now: datetime
) -> list[Entry]:
    """List what was done and looked at in the actor's scope; that it was read is an entry too."""
    found = await repository.entries(await identity.scope_of(actor), wanted, after, limit)
    asked = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    detail = {name: str(value) for name, value in asked.items() if value is not None and name != "subject"}
    await _note(actor, wanted.subject or "audit", detail, now)
    return found


async def about_dossier(
    code: str, after: UUID | None, limit: int, *, actor: Actor, now: datetime
) -> list[Entry]:
    """List who looked at a dossier that the actor's organisation may see, and who did something about it.

    Of other organisations it names no person: for those they answer themselves.
    """
    await subject_of(About.DOSSIER, code, actor)
    found = await repository.entries_about(_codes(code), after, limit)
    await _note(actor, code, {}, now)
    return found


def _codes(code: str) -> Collection[str]:
    return {code}


async def _note(actor: Actor, subject: str, detail: dict[str, str], now: datetime) -> None:
    await audit.record(
        now=now,
        actor=actor.id,
        organisation=actor.organisation,
        action=READ,
        subject=subject,
        detail=detail,
    )
