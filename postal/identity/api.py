"""Sign-in, people, devices, shifts and keys over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, patch, post, put
from litestar.params import FromPath

from postal import clock
from postal.http.idempotency import ONCE_ONLY
from postal.http.limits import Limit, spend
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.identity import service
from postal.identity.access import ANYONE, SIGNED_IN, roles
from postal.identity.cookies import cookie_name, session_cookie
from postal.identity.rules import Actor, Role
from postal.identity.schemas import (
    AssignmentRequest,
    CloseShift,
    CreateDevice,
    CreateKey,
    CreatePerson,
    EndAssignment,
    Enrol,
    Me,
    OpenShift,
    SetPassword,
    SignIn,
)
from postal.identity.service import Device, Enrolled, Invitation, IssuedKey, Key, NewAssignment, Person, Shift

Caller = Request[Actor, Any, Any]

STAFF_MANAGERS = roles(Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD)
STAFF_READERS = roles(Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR)
SHIFT_READERS = roles(
    Role.SCANNER, Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.CONTROL, Role.REGULATOR
)

SIGN_INS_OF_LOGIN = Limit("sign-in of a login", 10, 300)
# Generous, since a whole office signs in through one address at half past seven.
SIGN_INS_OF_CALLER = Limit("sign-in of a caller", 300, 300)
# A code has 50 random bits and a quarter of an hour: even this many guesses find none.
ENROLMENTS_OF_CALLER = Limit("enrolment of a caller", 1000, 300)


def me_of(actor: Actor) -> Me:
    """Describe the caller."""
    return Me(
        kind=actor.kind,
        id=actor.id,
        organisation=actor.organisation,
        person=actor.person,
        device=actor.device,
        roles=tuple(sorted(actor.roles)),
    )


@get("/api/v1/me", opt=SIGNED_IN, tags=["identity"], operation_id="getMe", summary="Who am I")
async def read_me(request: Caller) -> Me:
    """Give the caller's organisation and roles."""
    return me_of(request.user)


class SessionController(Controller):
    """Signing in and out."""

    path = "/api/v1/sessions"
    tags = ("identity",)

    @post(opt={**ANYONE, **ONCE_ONLY}, operation_id="signIn", summary="Sign in")
    async def sign_in(self, request: Caller, data: SignIn) -> Response[Me]:
        """Mở phiên làm việc. Open a session; its cookie is in the answer. Unknown and wrong are answered alike."""
        await spend(request, SIGN_INS_OF_CALLER)
        await spend(request, SIGN_INS_OF_LOGIN, key=data.login.casefold())
        now = await clock.now()
        scheme = request.scope["scheme"]
        signed_in = await service.sign_in(
            data.login,
            data.password,
            data.organisation,
            earlier=request.cookies.get(cookie_name(scheme)),
            now=now,
        )
        cookie = session_cookie(signed_in.token, scheme, signed_in.expires_at - now)
        return Response(me_of(signed_in.actor), cookies=[cookie])

    @delete(opt=ANYONE, operation_id="signOut", summary="Sign out")
    async def sign_out(self, request: Caller) -> Response[None]:
        """Đóng phiên. End the session and take its cookie back."""
        scheme = request.scope["scheme"]
        if token := request.cookies.get(cookie_name(scheme)):
            await service.sign_out(token)
        return Response(None, status_code=204, cookies=[session_cookie("", scheme, timedelta(0))])


class PeopleController(Controller):
    """Members of staff and their roles."""

    path = "/api/v1/people"
    tags = ("identity",)

    @get(opt=STAFF_READERS, operation_id="listPeople", summary="List people")
    async def list_people(
        self, request: Caller, limit: PageLimit = DEFAULT_LIMIT, cursor: PageCursor = None
    ) -> Response[Page[Person]]:
        """List who has or had a role in your organisation."""
        found = await service.list_people(request.user, decode_cursor(cursor, str), limit + 1)
        return paged(request, found, limit, key=lambda person: person.code)

    @post(opt=STAFF_MANAGERS, operation_id="registerPerson", summary="Register a person")
    async def register(self, request: Caller, data: CreatePerson) -> Person:
        """Register a person with roles that you may grant."""
        return await service.register_person(
            code=data.code,
            name=data.name,
            login=data.login,
            password=data.password,
            assignments=[_assignment(one) for one in data.assignments],
            actor=request.user,
            now=await clock.now(),
        )

    @get("/{code:str}", opt=STAFF_READERS, operation_id="getPerson", summary="Read a person")
    async def read(self, request: Caller, code: PathCode) -> Person:
        """Give a person with the roles in your scope."""
        return await service.get_person(code, request.user)

    @post("/{code:str}/assignments", opt=STAFF_MANAGERS, operation_id="assignRole", summary="Give a role")
    async def assign(self, request: Caller, code: PathCode, data: AssignmentRequest) -> Person:
        """Give a person a further role."""
        return await service.assign(code, _assignment(data), actor=request.user, now=await clock.now())

    @patch(
        "/{code:str}/assignments/{assignment:uuid}",
        opt=STAFF_MANAGERS,
        operation_id="endAssignment",
        summary="End a role",
    )
    async def end_assignment(
        self, request: Caller, code: PathCode, assignment: FromPath[UUID], data: EndAssignment
    ) -> Person:
        """End a role; what was done until then stays valid."""
        return await service.end_assignment(
            code, assignment, data.valid_to, actor=request.user, now=await clock.now()
        )

    @put(
        "/{code:str}/password",
        opt={**SIGNED_IN, **ONCE_ONLY},
        operation_id="setPassword",
        summary="Set a password",
        status_code=204,
    )
    async def set_password(self, request: Caller, code: PathCode, data: SetPassword) -> None:
        """Set your own password, or that of somebody whose every role you may grant; their sessions end."""
        await spend(request, SIGN_INS_OF_LOGIN, key=f"password of {code}")
        await service.set_password(
            code, data.password, data.current, actor=request.user, now=await clock.now()
        )


class DeviceController(Controller):
    """Scanners and telephones that scan."""

    path = "/api/v1/devices"
    tags = ("identity",)

    @get(opt=STAFF_READERS, operation_id="listDevices", summary="List devices")
    async def list_devices(
        self, request: Caller, limit: PageLimit = DEFAULT_LIMIT, cursor: PageCursor = None
    ) -> Response[Page[Device]]:
        """List the devices of your organisation."""
        found = await service.list_devices(request.user, decode_cursor(cursor, str), limit + 1)
        return paged(request, found, limit, key=lambda device: device.code)

    @post(opt=STAFF_MANAGERS, operation_id="registerDevice", summary="Register a device")
    async def register(self, request: Caller, data: CreateDevice) -> Device:
        """Register a device; it scans once it is enrolled."""
        return await service.register_device(
            data.code, data.organisation, actor=request.user, now=await clock.now()
        )

    @get("/{code:str}", opt=STAFF_READERS, operation_id="getDevice", summary="Read a device")
    async def read(self, request: Caller, code: PathCode) -> Device:
        """Give a device and its validity."""
        return await service.get_device(code, request.user)

    @post(
        "/{code:str}/enrolment",
        opt={**STAFF_MANAGERS, **ONCE_ONLY},
        operation_id="inviteDevice",
        summary="Make an enrolment code",
    )
    async def invite(self, request: Caller, code: PathCode) -> Invitation:
        """Cấp mã đăng ký một lần. Make a one-time code, valid for a quarter of an hour and shown once."""
        return await service.invite_device(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/revoke",
        opt=STAFF_MANAGERS,
        operation_id="revokeDevice",
        summary="Revoke a device",
        status_code=200,
    )
    async def revoke(self, request: Caller, code: PathCode) -> Device:
        """End a device and its key; what it scanned until now stays valid."""
        return await service.revoke_device(code, actor=request.user, now=await clock.now())


@post(
    "/api/v1/enrolments",
    opt={**ANYONE, **ONCE_ONLY},
    tags=["identity"],
    operation_id="enrolDevice",
    summary="Enrol this device",
)
async def enrol(request: Caller, data: Enrol) -> Enrolled:
    """Đổi mã đăng ký lấy khóa của máy. Exchange a one-time code for the device's key, shown once."""
    await spend(request, ENROLMENTS_OF_CALLER)
    return await service.enrol(data.code, await clock.now())


class ShiftController(Controller):
    """Who works with which device, and when."""

    path = "/api/v1/shifts"
    tags = ("identity",)

    @get(opt=STAFF_READERS, operation_id="listShifts", summary="List shifts")
    async def list_shifts(
        self, request: Caller, limit: PageLimit = DEFAULT_LIMIT, cursor: PageCursor = None
    ) -> Response[Page[Shift]]:
        """List the shifts of your organisation in the order of their opening."""
        found = await service.list_shifts(request.user, decode_cursor(cursor, UUID), limit + 1)
        return paged(request, found, limit, key=lambda shift: shift.id)

    @post(opt=roles(Role.SCANNER), operation_id="openShift", summary="Open a shift")
    async def open(self, request: Caller, data: OpenShift) -> Shift:
        """Mở ca trên máy này. Open a shift on the calling device; one that is still open there ends."""
        return await service.open_shift(
            data.person, data.organisation, actor=request.user, now=await clock.now()
        )

    @get("/{shift:uuid}", opt=SHIFT_READERS, operation_id="getShift", summary="Read a shift")
    async def read(self, request: Caller, shift: FromPath[UUID]) -> Shift:
        """Give a shift."""
        return await service.get_shift(shift, request.user)

    @patch(
        "/{shift:uuid}",
        opt=roles(Role.SCANNER, Role.ADMIN, Role.SUPERVISOR, Role.AGENCY_HEAD),
        operation_id="closeShift",
        summary="Close a shift",
    )
    async def close(self, request: Caller, shift: FromPath[UUID], data: CloseShift) -> Shift:  # noqa: ARG002 - states the wish
        """Đóng ca. Close a shift; closing it again changes nothing."""
        return await service.close_shift(shift, actor=request.user, now=await clock.now())


class KeyController(Controller):
    """API keys of systems and of people's programs."""

    path = "/api/v1/keys"
    tags = ("identity",)

    @get(opt=roles(Role.ADMIN), operation_id="listKeys", summary="List keys")
    async def list_keys(
        self, request: Caller, limit: PageLimit = DEFAULT_LIMIT, cursor: PageCursor = None
    ) -> Response[Page[Key]]:
        """List keys by prefix; the secrets are not kept."""
        found = await service.list_keys(request.user, decode_cursor(cursor, str), limit + 1)
        return paged(request, found, limit, key=lambda key: key.prefix)

    @post(opt={**roles(Role.ADMIN), **ONCE_ONLY}, operation_id="createKey", summary="Make a key")
    async def create(self, request: Caller, data: CreateKey) -> IssuedKey:
        """Make a key with roles that you may grant; its secret is shown this once."""
        return await service.issue_key(
            organisation=data.organisation,
            roles=frozenset(data.roles),
            label=data.label,
            expires_at=data.expires_at,
            actor=request.user,
            now=await clock.now(),
        )

    @get("/{prefix:str}", opt=roles(Role.ADMIN), operation_id="getKey", summary="Read a key")
    async def read(self, request: Caller, prefix: PathCode) -> Key:
        """Give a key's scope, expiry and last use."""
        return await service.get_key(prefix, request.user)

    @post(
        "/{prefix:str}/revoke",
        opt=roles(Role.ADMIN),
        operation_id="revokeKey",
        summary="Revoke a key",
        status_code=200,
    )
    async def revoke(self, request: Caller, prefix: PathCode) -> Key:
        """End a key at once."""
        return await service.revoke_key(prefix, actor=request.user, now=await clock.now())


def _assignment(data: AssignmentRequest) -> NewAssignment:
    return NewAssignment(data.role, data.organisation, data.valid_from, data.valid_to)


HANDLERS: tuple[Any, ...] = (
    read_me,
    SessionController,
    PeopleController,
    DeviceController,
    enrol,
    ShiftController,
    KeyController,
)
