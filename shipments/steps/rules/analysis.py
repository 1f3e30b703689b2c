"""What is said of the steps of a case, and of those of many cases."""

from msgspec import Struct

from shipments.dossiers.rules import Dossier
from shipments.steps.rules.times import StepSum, StepTime


class Steps(Struct, frozen=True):
    """The steps of one dossier; none for those who may not know them."""

    dossier: Dossier
    times: tuple[StepTime, ...]


class Proposal(Struct, frozen=True, kw_only=True):
    """A step that took longer than its hours, and about which nobody has opened anything yet."""

    dossier: str
    time: StepTime


class Analysis(Struct, frozen=True, kw_only=True):
    """Where the time of the newest finished cases went, and the steps that took too long."""

    dossiers: int
    sums: tuple[StepSum, ...]
    proposals: tuple[Proposal, ...]
