"""Sessions of people who sign in."""

import unicodedata
from datetime import datetime, timedelta

import msgspec

from postal.db import unit_of_work
from postal.errors import Unauthenticated, Unprocessable
from postal.identity import keys
from postal.identity.passwords import verify_password
from postal.identity.repository import authentication, people
from postal.identity.rules import Actor
from postal.identity.service.authority import note

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
"""One shift: nobody stays signed in overnight."""


class SignedIn(msgspec.Struct, frozen=True):
    """A session that was just opened; the token goes into the cookie and nowhere else."""

    token: str
    actor: Actor
    expires_at: datetime


def normal_login(login: str) -> str:
    """Reduce a login to the form in which it is stored and compared."""
    return unicodedata.normalize("NFC", login).strip().casefold()


async def authenticate_session(token: str, now: datetime) -> Actor | None:
    """Find whose session this is, if it has not run out."""
    return await authentication.find_by_session(keys.digest(token), now, IDLE)


async def sign_in(
    login: str, password: str, organisation: str | None, *, earlier: str | None, now: datetime
) -> SignedIn:
    """Open a session; the token that the browser had before ends.

    An unknown login, a wrong or expired password and a person without a role now are answered alike, after the same
    work.
    """
    person, places = await recognise(login, password, now)
    if organisation is not None and organisation not in places:
        raise unrecognised()
    if organisation is None and len(places) > 1:
        raise Unprocessable(
            "identity.organisation_needed",
            vi="Hãy chọn đơn vị làm việc",
            en="Choose the organisation to work for",
            pointer="/organisation",
            organisations=places,
        )
    return await _open(person, organisation or places[0], earlier, now)


async def recognise(login: str, password: str, now: datetime) -> tuple[str, list[str]]:
    """Find who has this login and password, and the organisations where that person has a role now."""
    found = await people.find_credentials(login=normal_login(login))
    right = await verify_password(found.password_hash if found else None, password)
    ends = found.password_expires_at if found else None
    right = right and (ends is None or now < ends)
    places = sorted({one.organisation for one in found.assignments if one.is_held(now)}) if found else []
    if found is None or not right or not places:
        raise unrecognised()
    return found.person, places


def unrecognised() -> Unauthenticated:
    """Refuse credentials, whatever is wrong with them, in the same words."""
    return Unauthenticated(
        "identity.sign_in_failed",
        vi="Tên đăng nhập hoặc mật khẩu không đúng",
        en="Wrong login or password",
    )


async def _open(person: str, organisation: str, earlier: str | None, now: datetime) -> SignedIn:
    token, expires_at = keys.make_token(), now + ABSOLUTE
    async with unit_of_work():
        if earlier is not None:
            await people.end_session(keys.digest(earlier))
        await people.add_session(keys.digest(token), person, organisation, now, expires_at)
        actor = await authentication.find_by_session(keys.digest(token), now, IDLE)
        if actor is None:
            raise unrecognised()
        await note(actor, now, "session.opened", person)
    return SignedIn(token, actor, expires_at)


async def stand_in(person: str, organisation: str, now: datetime) -> Actor:
    """Give somebody whose credentials were checked as an actor for one act, without leaving a session."""
    opened = await _open(person, organisation, None, now)
    await sign_out(opened.token)
    return opened.actor


async def sign_out(token: str) -> None:
    """End a session; one that has ended already stays so."""
    async with unit_of_work():
        await people.end_session(keys.digest(token))
