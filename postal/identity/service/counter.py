"""Confirming at a counter on somebody else's screen: by password, or by a PIN that is good for this alone."""

import re
from collections.abc import Collection
from datetime import datetime
from itertools import pairwise

from postal.db import unit_of_work
from postal.errors import Unauthenticated, Unprocessable
from postal.identity.passwords import hash_password, verify_password
from postal.identity.repository import people, pins
from postal.identity.rules import Actor
from postal.identity.service.authority import note
from postal.identity.service.sessions import normal_login, recognise, stand_in, unrecognised

PIN = re.compile(r"[0-9]{6}")
MOST_WRONG = 5


async def set_pin(pin: str, password: str, *, actor: Actor, now: datetime) -> None:
    """Set one's own PIN, with the password; a PIN that anybody would guess is refused."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)} if pin.isdecimal() else set()
    if PIN.fullmatch(pin) is None or (len(steps) == 1 and steps <= {0, 1, 9}):
        raise Unprocessable(
            "identity.pin_weak",
            vi="Mã PIN gồm 6 chữ số, không phải một dãy dễ đoán",
            en="A PIN has six digits, and no row that is easy to guess",
            pointer="/pin",
        )
    found = await people.find_credentials(person=actor.person) if actor.person else None
    if not await verify_password(found.password_hash if found else None, password) or actor.person is None:
        raise Unauthenticated(
            "identity.pin_password_wrong", vi="Mật khẩu không đúng", en="Wrong password", pointer="/password"
        )
    stored = await hash_password(pin)
    async with unit_of_work():
        await pins.put(actor.person, stored, now)
        await note(actor, now, "pin.set", actor.person)


async def other_side(login: str, secret: str, organisations: Collection[str], now: datetime) -> Actor:
    """Find who stands on the other side of the counter, acting for one of some organisations; no session stays.

    Unknown, wrong and dead are answered alike.
    """
    if PIN.fullmatch(secret):
        person, places = await _by_pin(login, secret, now)
    else:
        person, places = await recognise(login, secret, now)
    ours = [place for place in places if place in organisations]
    if not ours:
        raise unrecognised()
    return await stand_in(person, ours[0], now)


async def _by_pin(login: str, pin: str, now: datetime) -> tuple[str, list[str]]:
    found = await people.find_credentials(login=normal_login(login))
    kept = None
    if found is not None:
        async with unit_of_work():
            kept = await pins.spend_attempt(found.person, MOST_WRONG)
    right = await verify_password(kept.pin_hash if kept else None, pin)
    places = sorted({one.organisation for one in found.assignments if one.is_held(now)}) if found else []
    if found is None or not right or not places:
        raise unrecognised()
    async with unit_of_work():
        await pins.was_right(found.person)
    return found.person, places
