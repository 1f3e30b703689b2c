"""What is said of the steps of a case, and of those of many cases."""

from datetime import date, datetime

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
    ended_at: datetime
    time: StepTime


class Analysis(Struct, frozen=True, kw_only=True):
    """Where the time of the cases went that ended in [begin, end), and the steps that took too long, newest first.

    Of so many `groups` the longest are in `sums`. `whole` sums are the country's and name no party.
    """

    begin: date
    end: date
    whole: bool
    dossiers: int
    groups: int
    sums: tuple[StepSum, ...]
    proposals: tuple[Proposal, ...]
