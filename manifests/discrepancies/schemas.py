"""What is sent about discrepancies."""

from msgspec import Struct

from manifests.discrepancies.rules import Resolution


class Settlement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a discrepancy ended."""

    resolution: Resolution
