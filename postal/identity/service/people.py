"""People and their roles at organisations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, NotFound, Unprocessable
from postal.identifiers import new_id
from postal.identity.passwords import check_password, hash_password, verify_password
from postal.identity.repository import people, pins
from postal.identity.repository.people import Credentials, HeldRole, Person
from postal.identity.rules import Actor, Role, grantable
from postal.identity.service.authority import note, require_governed, require_grantable, scope_of
from postal.identity.service.sessions import normal_login


class NewAssignment(msgspec.Struct, frozen=True):
    """A role to be given; from now on if no instant is named."""

    role: Role
    organisation: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None


async def register_person(
    *,
    code: str,
    name: str,
    login: str | None,
    password: str | None,
    assignments: Sequence[NewAssignment],
    actor: Actor,
    now: datetime,
    expires: datetime | None = None,
) -> Person:
    """Register a person with at least one role at organisations that the actor governs.

    A password that was made for the person is good until `expires`, by when its owner chooses another one.
    """
    sign_in_name = normal_login(login) if login is not None else None
    if password is not None:
        check_password(password, sign_in_name)
    # Before the unit of work: no connection waits while a thread hashes.
    stored = await hash_password(password) if password is not None else None
    async with unit_of_work():
        for one in assignments:
            await _check_assignment(one, actor, now)
        if not await people.add_person(code, name, sign_in_name, stored, now, expires):
            raise Conflict(
                "identity.person_exists",
                vi="Mã nhân viên hoặc tên đăng nhập đã được dùng",
                en="The staff code or the login is taken",
                pointer="/code",
            )
        for one in assignments:
            await _add(code, one, actor, now)
        await note(actor, now, "person.registered", code)
        return await get_person(code, actor)


async def get_person(code: str, actor: Actor) -> Person:
    """Get a person who has or had a role in the actor's scope, with those roles only."""
    found = await people.list_people(await scope_of(actor), code=code)
    if not found:
        raise NotFound("identity.person_not_found", vi="Không có nhân viên này", en="No such person")
    return found[0]


async def list_people(actor: Actor, after: str | None, limit: int) -> tuple[Person, ...]:
    """List the people who have or had a role in the actor's scope, with those roles only."""
    return await people.list_people(await scope_of(actor), after=after, limit=limit)


async def assign(person: str, assignment: NewAssignment, *, actor: Actor, now: datetime) -> Person:
    """Give a person a further role."""
    async with unit_of_work():
        await get_person(person, actor)
        await _check_assignment(assignment, actor, now)
        await _add(person, assignment, actor, now)
        return await get_person(person, actor)


async def end_assignment(
    person: str, assignment: UUID, valid_to: datetime | None, *, actor: Actor, now: datetime
) -> Person:
    """End a role, now or at an instant; what was done until then stays valid."""
    end = valid_to or now
    async with unit_of_work():
        held = next(
            (one for one in (await get_person(person, actor)).assignments if one.id == assignment), None
        )
        if held is None:
            raise NotFound(
                "identity.assignment_not_found", vi="Không có phân công này", en="No such assignment"
            )
        await require_governed(actor, held.organisation)
        require_grantable(actor, frozenset({held.role}))
        if held.valid_to is not None and held.valid_to <= now:
            raise Conflict(
                "identity.assignment_ended",
                vi="Phân công này đã kết thúc",
                en="This assignment has ended already",
            )
        _check_end(held.valid_from, end)
        await people.end_assignment(assignment, end)
        await note(actor, now, "assignment.ended", person, assignment=str(assignment), at=end.isoformat())
        return await get_person(person, actor)


async def set_password(
    person: str,
    password: str,
    current: str | None,
    *,
    actor: Actor,
    now: datetime,
    expires: datetime | None = None,
) -> None:
    """Set a password, and end the person's sessions and PIN.

    A password is changed when somebody may have learned the old one, and who knew it could have set the PIN, so a PIN
    ends with the password that stood behind it. One's own password needs the current one. Another's may be set only by
    who could grant every role that the person holds: else a small right would become a large one by signing in as
    somebody with more.
    """
    credentials = await people.find_credentials(person=person)
    if credentials is None or person != actor.person:
        await get_person(person, actor)
    if credentials is None or credentials.login is None:
        raise _no_login()
    if person == actor.person:
        await _check_current(credentials, current)
    else:
        await _require_authority(credentials, actor, now)
    check_password(password, credentials.login)
    stored = await hash_password(password)
    async with unit_of_work():
        await people.change_password(person, stored, expires)
        if await pins.forget(person):
            await note(actor, now, "pin.ended", person)
        await note(actor, now, "password.changed", person)


async def unlock(person: str, *, actor: Actor, now: datetime) -> str:
    """Let a person sign in again at once, and use their PIN, for whoever could set the password; gives the login.

    Wrong passwords are counted by the HTTP shell, which forgets them.
    """
    await get_person(person, actor)
    credentials = await people.find_credentials(person=person)
    if credentials is None or credentials.login is None:
        raise _no_login()
    await _require_authority(credentials, actor, now)
    async with unit_of_work():
        await pins.was_right(person)
        await note(actor, now, "person.unlocked", person)
    return credentials.login


def _no_login() -> Unprocessable:
    return Unprocessable(
        "identity.no_login", vi="Nhân viên chưa có tên đăng nhập", en="This person has no login"
    )


async def _check_current(credentials: Credentials, current: str | None) -> None:
    if not await verify_password(credentials.password_hash, current or ""):
        raise Forbidden(
            "identity.password_wrong",
            vi="Mật khẩu hiện tại không đúng",
            en="The current password is wrong",
            pointer="/current",
        )


async def _require_authority(credentials: Credentials, actor: Actor, now: datetime) -> None:
    held = [one for one in credentials.assignments if one.valid_to is None or now < one.valid_to]
    scope = await scope_of(actor, for_writing=True)
    governed = scope is None or all(one.organisation in scope for one in held)
    if not governed or not {one.role for one in held} <= grantable(actor):
        raise Forbidden(
            "identity.person_beyond_right",
            vi="Nhân viên có vai trò vượt quyền của bạn",
            en="This person holds roles beyond your right",
        )


async def _check_assignment(one: NewAssignment, actor: Actor, now: datetime) -> None:
    await require_governed(actor, one.organisation)
    require_grantable(actor, frozenset({one.role}))
    if one.valid_to is not None:
        _check_end(one.valid_from or now, one.valid_to)


async def _add(person: str, one: NewAssignment, actor: Actor, now: datetime) -> HeldRole:
    held = HeldRole(new_id(now), one.role, one.organisation, one.valid_from or now, one.valid_to)
    await people.add_assignment(held.id, person, held.role, held.organisation, held.valid_from, held.valid_to)
    await note(
        actor,
        now,
        "assignment.added",
        person,
        role=held.role,
        organisation=held.organisation,
        valid_from=held.valid_from.isoformat(),
    )
    return held


def _check_end(start: datetime, end: datetime) -> None:
    if end <= start:
        raise Unprocessable(
            "identity.end_before_start",
            vi="Thời điểm kết thúc phải sau thời điểm bắt đầu",
            en="The end must come after the start",
            pointer="/valid_to",
        )
