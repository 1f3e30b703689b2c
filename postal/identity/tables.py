"""Tables of identity. Columns that name an organisation are plain text here: organisations stand above this noun."""

from piccolo.columns import UUID, Array, Bytea, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class PersonTable(Table, tablename="person"):
    """A member of staff."""

    code = Text(primary_key=True, null=False, default=None)
    name = Text(null=False, default=None)
    login = Text(null=True, default=None, unique=True)
    password_hash = Text(null=True, default=None)
    password_expires_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(null=False, default=None)


class AssignmentTable(Table, tablename="assignment"):
    """A role of a person at an organisation for a time."""

    id = UUID(primary_key=True, null=False, default=None)
    person = ForeignKey(PersonTable, null=False, default=None, on_delete=OnDelete.restrict)
    role = Text(null=False, default=None)
    organisation = Text(null=False, default=None)
    valid_from = Timestamptz(null=False, default=None)
    valid_to = Timestamptz(null=True, default=None)


class DeviceTable(Table, tablename="device"):
    """A scanner or a telephone that scans."""

    code = Text(primary_key=True, null=False, default=None)
    organisation = Text(null=False, default=None)
    enrolled_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(null=False, default=None)


class EnrolmentTable(Table, tablename="enrolment"):
    """A one-time code by which a device gets its key."""

    code_hash = Bytea(primary_key=True, null=False, default=None)
    device = ForeignKey(DeviceTable, null=False, default=None, on_delete=OnDelete.restrict)
    created_by = Text(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    expires_at = Timestamptz(null=False, default=None)
    used_at = Timestamptz(null=True, default=None)


class ShiftTable(Table, tablename="shift"):
    """The time in which a person works with a device."""

    id = UUID(primary_key=True, null=False, default=None)
    person = ForeignKey(PersonTable, null=False, default=None, on_delete=OnDelete.restrict)
    device = ForeignKey(DeviceTable, null=False, default=None, on_delete=OnDelete.restrict)
    organisation = Text(null=False, default=None)
    opened_at = Timestamptz(null=False, default=None)
    closed_at = Timestamptz(null=True, default=None)


class ApiKeyTable(Table, tablename="api_key"):
    """A key, known by its prefix; the secret itself is not kept."""

    prefix = Text(primary_key=True, null=False, default=None)
    hash = Bytea(null=False, default=None, unique=True)
    organisation = Text(null=False, default=None)
    roles = Array(base_column=Text(null=False, default=None), null=False, default=list)
    device = ForeignKey(DeviceTable, null=True, default=None, on_delete=OnDelete.restrict)
    label = Text(null=True, default=None)
    created_at = Timestamptz(null=False, default=None)
    expires_at = Timestamptz(null=True, default=None)
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class SessionTable(Table, tablename="session"):
    """A signed-in browser; its token is kept as a hash."""

    token_hash = Bytea(primary_key=True, null=False, default=None)
    person = ForeignKey(PersonTable, null=False, default=None, on_delete=OnDelete.restrict)
    organisation = Text(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    seen_at = Timestamptz(null=False, default=None)
    expires_at = Timestamptz(null=False, default=None)


TABLES: tuple[type[Table], ...] = (
    PersonTable,
    AssignmentTable,
    DeviceTable,
    EnrolmentTable,
    ShiftTable,
    ApiKeyTable,
    SessionTable,
)
