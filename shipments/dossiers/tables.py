"""Tables of personal data: apart from the ledger, erasable."""

from piccolo.columns import Boolean, Bytea, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table


class ApplicantTable(Table, tablename="applicant"):
    """Whose dossier it is; `salt` opens the commitment in the ledger, and goes when the person is erased."""

    dossier = Text(primary_key=True, null=False, default=None)
    name = Text(null=True, default=None)
    phone = Text(null=True, default=None)
    address = Text(null=True, default=None)
    email = Text(null=True, default=None)
    identity_type = Text(null=True, default=None)
    identity_number = Text(null=True, default=None)
    salt = Bytea(null=True, default=None)
    created_at = Timestamptz(null=False, default=None)
    erased_at = Timestamptz(null=True, default=None)
    name_key = Text(null=True, default=None)
    desk = Text(null=True, default=None)
    authority = Text(null=True, default=None)


class DocumentLineTable(Table, tablename="document_line"):
    """One paper of a dossier; the primary key is (dossier, number)."""

    dossier = Text(primary_key=True, null=False, default=None)
    number = SmallInt(primary_key=True, null=False, default=None)
    name = Text(null=True, default=None)
    form = Text(null=False, default=None)
    copies = Integer(null=False, default=None)
    sheets = Integer(null=False, default=None)
    to_return = Boolean(null=False, default=None)
