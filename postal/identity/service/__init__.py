"""Use cases of identity, by theme; this is the door for everybody else."""

from postal.identity.repository.devices import Device, Key, Shift
from postal.identity.repository.people import Person
from postal.identity.service.authority import require_governed, scope_of
from postal.identity.service.counter import other_side, set_pin
from postal.identity.service.devices import (
    Enrolled,
    Invitation,
    close_shift,
    enrol,
    get_device,
    get_shift,
    invite_device,
    list_devices,
    list_shifts,
    open_shift,
    register_device,
    revoke_device,
)
from postal.identity.service.keys import (
    IssuedKey,
    authenticate_key,
    create_key,
    get_key,
    issue_key,
    list_keys,
    revoke_key,
)
from postal.identity.service.people import (
    NewAssignment,
    assign,
    end_assignment,
    get_person,
    list_people,
    register_person,
    set_password,
    unlock,
)
from postal.identity.service.scans import devices_on_duty, scan_identities
from postal.identity.service.sessions import (
    SignedIn,
    authenticate_session,
    recognise,
    sign_in,
    sign_out,
    unrecognised,
)

__all__ = [
    "Device",
    "Enrolled",
    "Invitation",
    "IssuedKey",
    "Key",
    "NewAssignment",
    "Person",
    "Shift",
    "SignedIn",
    "assign",
    "authenticate_key",
    "authenticate_session",
    "close_shift",
    "create_key",
    "devices_on_duty",
    "end_assignment",
    "enrol",
    "get_device",
    "get_key",
    "get_person",
    "get_shift",
    "invite_device",
    "issue_key",
    "list_devices",
    "list_keys",
    "list_people",
    "list_shifts",
    "open_shift",
    "other_side",
    "recognise",
    "register_device",
    "register_person",
    "require_governed",
    "revoke_device",
    "revoke_key",
    "scan_identities",
    "scope_of",
    "set_password",
    "set_pin",
    "sign_in",
    "sign_out",
    "unlock",
    "unrecognised",
]
