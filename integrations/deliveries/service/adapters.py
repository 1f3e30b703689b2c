"""The adapters of this installation, by kind."""

from integrations.deliveries.rules import Adapter
from postal import registry


def adapters() -> dict[str, Adapter]:
    """Give every adapter."""
    return registry.adapters()


def adapter_of(kind: str) -> Adapter | None:
    """Give the adapter of a kind; None where this release has none."""
    return adapters().get(kind)
