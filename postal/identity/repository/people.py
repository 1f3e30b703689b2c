"""Statements about people, their assignments and their sessions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute, fetch, fetch_row, load_sql
from postal.identity.rules import Role
from postal.identity.tables import AssignmentTable, PersonTable, SessionTable

PEOPLE = load_sql(__package__, "people.sql")


class HeldRole(msgspec.Struct, frozen=True):
    """A role at an organisation, from an instant up to but not including another."""

    id: UUID
    role: Role
    organisation: str
    valid_from: datetime
    valid_to: datetime | None

    def is_held(self, at: datetime) -> bool:
        """Say whether the role is held at an instant."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


class Person(msgspec.Struct, frozen=True):
    """A member of staff, with those assignments that the reader may know of."""

    code: str
    name: str
    login: str | None
    can_sign_in: bool
    created_at: datetime
    assignments: tuple[HeldRole, ...]


class Credentials(msgspec.Struct, frozen=True):
    """What sign-in needs to know of a person."""

    person: str
    login: str | None
    password_hash: str | None
    password_expires_at: datetime | None
    assignments: tuple[HeldRole, ...]


async def list_people(
    organisations: Collection[str] | None,
    *,
    code: str | None = None,
    after: str | None = None,
    limit: int = 1,
) -> tuple[Person, ...]:
    """List people who have or had a role at one of some organisations (None: any)."""
    scope = None if organisations is None else list(organisations)
    return tuple(_person(row) for row in await fetch(PEOPLE, scope, code, after, limit))


async def find_credentials(*, login: str | None = None, person: str | None = None) -> Credentials | None:
    """Find a person by login or by code, with every assignment."""
    row = await fetch_row(
        """
        SELECT p.code, p.login, p.password_hash, p.password_expires_at,
               (SELECT coalesce(json_agg(a), '[]') FROM assignment AS a WHERE a.person = p.code) AS assignments
        FROM person AS p
        WHERE p.login = $1 OR p.code = $2
        """,
        login,
        person,
    )
    if row is None:
        return None
    held = msgspec.json.decode(row["assignments"], type=tuple[HeldRole, ...])
    return Credentials(row["code"], row["login"], row["password_hash"], row["password_expires_at"], held)


async def add_person(
    code: str,
    name: str,
    login: str | None,
    password_hash: str | None,
    now: datetime,
    expires: datetime | None = None,
) -> bool:
    """Add a person, with a password good until `expires` if that is given; False when code or login is taken."""
    added = await PersonTable.insert(
        PersonTable(
            code=code,
            name=name,
            login=login,
            password_hash=password_hash,
            password_expires_at=expires,
            created_at=now,
        )
    ).on_conflict(action="DO NOTHING")
    return bool(added)


async def add_assignment(
    assignment: UUID,
    person: str,
    role: Role,
    organisation: str,
    valid_from: datetime,
    valid_to: datetime | None,
) -> None:
    """Add an assignment."""
    await AssignmentTable.insert(
        AssignmentTable(
            id=assignment,
            person=person,
            role=role.value,
            organisation=organisation,
            valid_from=valid_from,
            valid_to=valid_to,
        )
    )


async def end_assignment(assignment: UUID, valid_to: datetime) -> None:
    """End an assignment at an instant."""
    await AssignmentTable.update({AssignmentTable.valid_to: valid_to}).where(AssignmentTable.id == assignment)


async def change_password(person: str, password_hash: str, expires: datetime | None = None) -> None:
    """Store a new hash and end every session that was opened with the old password."""
    await PersonTable.update(
        {PersonTable.password_hash: password_hash, PersonTable.password_expires_at: expires}
    ).where(PersonTable.code == person)
    await SessionTable.delete().where(SessionTable.person == person)


async def add_session(
    token_hash: bytes, person: str, organisation: str, now: datetime, expires_at: datetime
) -> None:
    """Add a session and clear away those that have run out."""
    await execute("DELETE FROM session WHERE expires_at <= $1", now)
    await SessionTable.insert(
        SessionTable(
            token_hash=token_hash,
            person=person,
            organisation=organisation,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
    )


async def end_session(token_hash: bytes) -> None:
    """End a session; one that does not exist stays so."""
    await SessionTable.delete().where(SessionTable.token_hash == token_hash)


def _person(row: Any) -> Person:
    values = {**row, "assignments": msgspec.json.decode(row["assignments"])}
    return msgspec.convert(values, Person)
