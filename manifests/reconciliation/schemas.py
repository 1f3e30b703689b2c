"""What is answered about a reconciliation."""

from datetime import datetime

from msgspec import Struct

from manifests.manifests.rules import Manifest, State
from manifests.reconciliation.rules import ClosedVerdict, LineClass, ReconciledLine, Reconciliation
from postal.instants import Instant


class ReconciliationView(Struct, frozen=True, kw_only=True):
    """The verdict on a manifest as of an instant."""

    manifest: str
    state: State
    digest: str | None
    as_of: Instant
    window: tuple[datetime, datetime]
    waiting_until: Instant
    counts: dict[LineClass, int]
    lines: tuple[ReconciledLine, ...]
    at_close: ClosedVerdict | None


def view(manifest: Manifest, result: Reconciliation, closed: ClosedVerdict | None) -> ReconciliationView:
    """Show a reconciliation beside what was found at the closing."""
    return ReconciliationView(
        manifest=result.manifest,
        state=manifest.state,
        digest=manifest.digest,
        as_of=result.as_of,
        window=result.window,
        waiting_until=result.waiting_until,
        counts=result.counts,
        lines=result.lines,
        at_close=closed,
    )
