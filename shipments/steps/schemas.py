"""What the API of steps and nonconformities takes and gives; spans are working seconds."""

from datetime import date
from fractions import Fraction
from typing import Annotated

from msgspec import Meta, Struct

from postal.identity.rules import StaffCode
from postal.instants import Instant
from shipments.dossiers.schemas import Keyword, PaperNumber
from shipments.figures.rules import quantile
from shipments.steps.repository import Noted
from shipments.steps.rules import Analysis, Basis, Origin, Proposal, State, Steps, StepSum, StepTime

SECOND_US = 1_000_000
HALF, NINE_TENTHS = Fraction(1, 2), Fraction(9, 10)


class PlannedView(Struct, frozen=True, kw_only=True):
    """The step of the process version that this one is."""

    number: int
    name_vi: str
    name_en: str
    hours: int


class StepView(Struct, frozen=True, kw_only=True):
    """One step of a case. `basis` says by what it is known when the party took it up; before that it waited.

    `person` answers for it: who stated its end, or took it up. Shown to the agencies of the case and to inspectors.
    """

    ordinal: int
    party: str | None
    step: str | None
    planned: PlannedView | None
    started_at: Instant
    taken_up_at: Instant | None
    stopped_at: Instant | None
    basis: Basis
    waiting_s: float
    worked_s: float
    exceeded: bool
    person: str | None


class StepsView(Struct, frozen=True, kw_only=True):
    """The steps of a dossier; none for those who may not know the course of its case."""

    dossier: str
    steps: list[StepView]


class StepSumView(Struct, frozen=True, kw_only=True):
    """Finished steps of one kind at one party together; without a party, those of the whole country.

    `median_s` and `p90_s` are of whole lengths, within 6.25 %.
    """

    procedure: str
    version: int | None
    number: int | None
    name_vi: str
    name_en: str
    party: str | None
    hours: int | None
    n: int
    waiting_s: float
    worked_s: float
    exceeded: int
    unseen: int
    median_s: float | None
    p90_s: float | None


class ProposalView(Struct, frozen=True, kw_only=True):
    """A step beyond its hours about which nothing was opened yet, of a case that ended then."""

    dossier: str
    ended_at: Instant
    step: StepView


class StepTimes(Struct, frozen=True, kw_only=True):
    """Where the time of the cases went that ended in the months from `begin` to before `end`: of so many `dossiers`.

    Of `groups` kinds of steps those that took longest in all are in `sums`, at most 300. `proposals` are the first of
    the steps beyond their hours; `/api/v1/steps/exceeded` lists them all.
    """

    begin: date
    end: date
    dossiers: int
    groups: int
    sums: list[StepSumView]
    proposals: list[ProposalView]


class NewNonconformity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A nonconformity of a case, or of one of its steps by `span`; one that took too long needs no cause."""

    dossier: Annotated[str, Meta(min_length=1, max_length=64)]
    span: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    cause: Keyword | None = None


class NonconformityOwner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who owns it from now on."""

    person: StaffCode


class CorrectiveAction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it happened, and what is done so that it does not happen again."""

    cause: Keyword
    action: Annotated[str, Meta(min_length=1, max_length=2_000)]


class NonconformityClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether what was done helped."""

    effective: bool


class PublicationDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which decision a person has it published."""

    decision: PaperNumber


class NonconformityView(Struct, frozen=True, kw_only=True):
    """A nonconformity as it stands."""

    code: str
    dossier: str
    span: int | None
    step: int | None
    procedure: str
    authority: str
    unit: str | None
    origin: Origin
    hours_allowed: int | None
    worked_s: float | None
    opened_at: Instant
    opened_by: str
    owner: str
    owner_person: str | None
    cause: str | None
    action: str | None
    acted_at: Instant | None
    state: State
    closed_at: Instant | None
    effective: bool | None
    published_at: Instant | None
    published_by: str | None
    publication: str | None


def steps_view(found: Steps) -> StepsView:
    """Show the steps of a dossier."""
    return StepsView(dossier=found.dossier.code, steps=[step_view(each) for each in found.times])


def step_view(time: StepTime) -> StepView:
    """Show one step."""
    planned = time.planned
    return StepView(
        ordinal=time.ordinal,
        party=time.party,
        step=time.step,
        planned=PlannedView(
            number=planned.number, name_vi=planned.name_vi, name_en=planned.name_en, hours=planned.hours
        )
        if planned
        else None,
        started_at=time.started_at,
        taken_up_at=time.taken_up_at,
        stopped_at=time.stopped_at,
        basis=time.basis,
        waiting_s=time.waiting_us / SECOND_US,
        worked_s=time.worked_us / SECOND_US,
        exceeded=time.exceeded,
        person=time.person,
    )


def analysis_view(found: Analysis) -> StepTimes:
    """Show where the time went."""
    return StepTimes(
        begin=found.begin,
        end=found.end,
        dossiers=found.dossiers,
        groups=found.groups,
        sums=[_sum_view(each) for each in found.sums],
        proposals=[proposal_view(each) for each in found.proposals],
    )


def proposal_view(found: Proposal) -> ProposalView:
    """Show a step beyond its hours."""
    return ProposalView(dossier=found.dossier, ended_at=found.ended_at, step=step_view(found.time))


def _sum_view(found: StepSum) -> StepSumView:
    return StepSumView(
        procedure=found.procedure,
        version=found.version,
        number=found.number,
        name_vi=found.name_vi,
        name_en=found.name_en,
        party=found.party,
        hours=found.hours,
        n=found.n,
        waiting_s=found.waiting_us / SECOND_US,
        worked_s=found.worked_us / SECOND_US,
        exceeded=found.exceeded,
        unseen=found.unseen,
        median_s=_share(found, HALF),
        p90_s=_share(found, NINE_TENTHS),
    )


def _share(found: StepSum, share: Fraction) -> float | None:
    length = quantile(found.spread, share)
    return None if length is None else float(length)


def nonconformity_view(found: Noted) -> NonconformityView:
    """Show a nonconformity."""
    fields = {
        name: getattr(found, name) for name in NonconformityView.__struct_fields__ if name != "worked_s"
    }
    length = None if found.working_us is None else found.working_us / SECOND_US
    return NonconformityView(worked_s=length, **fields)
