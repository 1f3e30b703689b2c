"""Devices: registered by a supervisor, enrolled by a one-time code, worked in shifts, revoked."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, NotFound, Unauthenticated, Unprocessable
from postal.identifiers import new_id
from postal.identity import keys
from postal.identity.repository import devices, people
from postal.identity.repository.devices import Device, Shift
from postal.identity.rules import Actor, Role
from postal.identity.service.authority import note, require_governed, scope_of
from postal.identity.service.keys import make_key

ENROLMENT_LIFETIME = timedelta(minutes=15)


class Invitation(msgspec.Struct, frozen=True):
    """A one-time code for a device, shown once."""

    device: str
    code: str
    expires_at: datetime


class Enrolled(msgspec.Struct, frozen=True):
    """A device that has its key now; the secret is shown once."""

    device: str
    organisation: str
    secret: str


async def register_device(code: str, organisation: str, *, actor: Actor, now: datetime) -> Device:
    """Register a device for an organisation that the actor governs; it cannot scan before it is enrolled."""
    async with unit_of_work():
        await require_governed(actor, organisation)
        if not await devices.add_device(code, organisation, now):
            raise Conflict(
                "identity.device_exists",
                vi=f"Mã máy {code} đã được dùng",
                en=f"The device code {code} is taken",
                pointer="/code",
            )
        await note(actor, now, "device.registered", code, organisation=organisation)
        return await get_device(code, actor)


async def get_device(code: str, actor: Actor) -> Device:
    """Get a device of an organisation in the actor's scope."""
    found = await devices.list_devices(await scope_of(actor), code=code)
    if not found:
        raise NotFound("identity.device_not_found", vi="Không có máy này", en="No such device")
    return found[0]


async def list_devices(actor: Actor, after: str | None, limit: int) -> tuple[Device, ...]:
    """List the devices in the actor's scope."""
    return await devices.list_devices(await scope_of(actor), after=after, limit=limit)


async def invite_device(code: str, *, actor: Actor, now: datetime) -> Invitation:
    """Make a one-time code by which the device gets its key within a quarter of an hour."""
    async with unit_of_work():
        device = await get_device(code, actor)
        await require_governed(actor, device.organisation)
        if device.revoked_at is not None:
            raise Conflict(
                "identity.device_revoked", vi="Máy này đã bị thu hồi", en="This device has been revoked"
            )
        invitation = Invitation(code, keys.make_enrolment_code(), now + ENROLMENT_LIFETIME)
        await devices.add_enrolment(keys.digest(invitation.code), code, actor.id, now, invitation.expires_at)
        await note(actor, now, "device.invited", code)
    return invitation


async def enrol(typed: str, now: datetime) -> Enrolled:
    """Exchange a one-time code for the device's key; earlier keys of the device end."""
    async with unit_of_work():
        device = await devices.use_enrolment(keys.digest(keys.read_enrolment_code(typed)), now)
        if device is None:
            raise Unauthenticated(
                "identity.enrolment_unknown",
                vi="Mã đăng ký máy không đúng hoặc đã hết hạn",
                en="Unknown or expired enrolment code",
            )
        await devices.revoke_keys_of(device.code, now)
        issued = await make_key(device.organisation, frozenset({Role.SCANNER}), now, device=device.code)
        scanner = Actor(kind="device", id=device.code, organisation=device.organisation)
        await note(scanner, now, "device.enrolled", device.code)
    return Enrolled(device.code, device.organisation, issued.secret)


async def revoke_device(code: str, *, actor: Actor, now: datetime) -> Device:
    """End a device: its key, its shift, and the validity of what it scans from now on."""
    async with unit_of_work():
        device = await get_device(code, actor)
        await require_governed(actor, device.organisation)
        if device.revoked_at is None:
            await devices.revoke_device(code, now)
            await note(actor, now, "device.revoked", code)
        return await get_device(code, actor)


async def open_shift(person: str, organisation: str | None, *, actor: Actor, now: datetime) -> Shift:
    """Open a shift of a person on the calling device; a shift still open there ends.

    The organisation is the device's, or one that it took over; a device never acts for strangers.
    """
    if actor.device is None or actor.organisation is None:
        raise Forbidden(
            "identity.device_needed", vi="Chỉ máy quét mở được ca", en="Only a device opens a shift"
        )
    acting = organisation or actor.organisation
    shift = Shift(new_id(now), person, actor.device, acting, now, None)
    async with unit_of_work():
        credentials = await people.find_credentials(person=person) if acting in actor.sees else None
        held = credentials.assignments if credentials else ()
        if not any(one.organisation == acting and one.is_held(now) for one in held):
            raise Unprocessable(
                "identity.person_not_assigned",
                vi="Nhân viên không thuộc đơn vị này",
                en="This person is not assigned there",
                pointer="/person",
            )
        await devices.add_shift(shift)
    return shift


async def get_shift(shift: UUID, actor: Actor) -> Shift:
    """Get a shift of an organisation in the actor's scope; a device knows its own alone."""
    found = await devices.list_shifts(await scope_of(actor), shift=shift)
    if not found or (actor.device is not None and found[0].device != actor.device):
        raise NotFound("identity.shift_not_found", vi="Không có ca này", en="No such shift")
    return found[0]


async def list_shifts(actor: Actor, after: UUID | None, limit: int) -> tuple[Shift, ...]:
    """List the shifts in the actor's scope."""
    return await devices.list_shifts(await scope_of(actor), after=after, limit=limit)


async def close_shift(shift: UUID, *, actor: Actor, now: datetime) -> Shift:
    """Close a shift; closing it again changes nothing."""
    async with unit_of_work():
        open_one = await get_shift(shift, actor)
        await require_governed(actor, open_one.organisation)
        await devices.close_shift(shift, now)
        return await get_shift(shift, actor)
