"""Tables of the network."""

from typing import Any

from piccolo.columns import Date, ForeignKey, Text
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class AdministrativeUnitTable(Table, tablename="administrative_unit"):
    """A province or a commune of an official list."""

    code = Text(primary_key=True, null=False, default=None)
    province_code: ForeignKey[Any] = ForeignKey("self", null=True, default=None, on_delete=OnDelete.restrict)
    name = Text(null=False, default=None)
    search_key = Text(null=False, default=None)
    type = Text(null=False, default=None)
    valid_from = Date(null=False, default=None)
    valid_to = Date(null=True, default=None)
    citation = Text(null=False, default=None)


class OrganisationTable(Table, tablename="organisation"):
    """A party of the network."""

    code = Text(primary_key=True, null=False, default=None)
    name = Text(null=False, default=None)
    search_key = Text(null=False, default=None)
    kind = Text(null=False, default=None)
    level = Text(null=False, default=None)
    parent: ForeignKey[Any] = ForeignKey("self", null=True, default=None, on_delete=OnDelete.restrict)
    unit_code = ForeignKey(AdministrativeUnitTable, null=True, default=None, on_delete=OnDelete.restrict)
    calendar = Text(null=False, default=None)
    valid_from = Date(null=False, default=None)
    valid_to = Date(null=True, default=None)
    successor: ForeignKey[Any] = ForeignKey("self", null=True, default=None, on_delete=OnDelete.restrict)
    address_public = Text(null=True, default=None)


TABLES: tuple[type[Table], ...] = (AdministrativeUnitTable, OrganisationTable)
