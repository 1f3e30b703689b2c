"""What a citizen is told: one of seven plain stages, one true sentence, who holds the papers in kind only."""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Literal

from msgspec import Struct

from shipments.custody.rules import Phase
from shipments.dossiers.rules import ServiceMode, Status
from shipments.estimates.rules import Estimate
from shipments.tracking import sentences
from shipments.tracking.sentences import Words

HolderKind = Literal["citizen", "post", "agency"]
Waiting = Literal["papers", "supplement", "fee", "pickup"]
"""What the citizen is waited for with."""

ATTEMPTS = 5
LOCKED_FOR = timedelta(hours=24)

POST_KINDS = frozenset({"post_office", "hub", "carrier"})


class Stage(IntEnum):
    """The seven stages (domain.md 9), and 0 before the post has anything."""

    REGISTERED = 0
    ACCEPTED = 1
    TO_AGENCY = 2
    AT_AGENCY = 3
    PROCESSING = 4
    RESULT = 5
    TO_CITIZEN = 6
    RETURNED = 7


STAGE_NAMES: dict[Stage, Words] = {
    Stage.REGISTERED: Words("Đã đăng ký", "Registered"),
    Stage.ACCEPTED: Words("Bưu điện đã nhận", "The post has it"),
    Stage.TO_AGENCY: Words("Đang chuyển đến cơ quan", "On its way to the agency"),
    Stage.AT_AGENCY: Words("Cơ quan đã nhận", "The agency has it"),
    Stage.PROCESSING: Words("Đang giải quyết", "Being processed"),
    Stage.RESULT: Words("Có kết quả", "The result is ready"),
    Stage.TO_CITIZEN: Words("Đang chuyển trả", "On its way to you"),
    Stage.RETURNED: Words("Đã trả", "Handed over to you"),
}


class Whereabouts(Struct, frozen=True, kw_only=True):
    """What custody says of one piece, without the names of its parties."""

    phase: Phase
    holder: HolderKind | None = None
    at_origin: bool = False
    contested: bool = False
    undecided: bool = False
    attempts: int = 0
    last_at: datetime | None = None
    province: str | None = None


class CaseState(Struct, frozen=True, kw_only=True):
    """What the case says, without what tells its kind."""

    status: Status
    mode: ServiceMode
    registered_at: datetime
    due_first: datetime | None = None
    due_now: datetime | None = None
    ended_at: datetime | None = None
    withdrawn: bool = False
    extended: bool = False
    moved: bool = False
    """A decision on working days moved the promise, after it was given."""


class Answer(Struct, frozen=True, kw_only=True):
    """The answer to an anonymous question. `due_first` is shown where the promise was moved."""

    stage: Stage
    sentence: Words
    holder: HolderKind | None
    contested: bool
    undecided: bool
    province: str | None = None
    due: datetime | None = None
    due_first: datetime | None = None
    overdue: bool = False
    extended: bool = False
    moved: bool = False
    finished: bool = False
    lost: bool = False
    calling: bool = False
    """The courier is on the way, or will come again."""
    waits_for: Waiting | None = None
    updated_at: datetime | None = None


class Tracked(Struct, frozen=True, kw_only=True):
    """The anonymous answer, how fresh the data behind it are, and an estimate that knows no procedure."""

    code: str
    answer: Answer
    data_as_of: datetime | None
    estimate: Estimate | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One line of the fuller timeline. Only places of the post are named: a department would tell the case."""

    at: datetime
    words: Words
    holder: HolderKind | None
    place: str | None


class Unlocked(Struct, frozen=True, kw_only=True):
    """What the second factor opens besides the anonymous answer."""

    tracked: Tracked
    name: str | None
    entries: tuple[Entry, ...]


def answer_for_case(
    case: CaseState, dossier: Whereabouts | None, result: Whereabouts | None, now: datetime
) -> Answer:
    """Tell where a dossier stands: the result's way home once there is one, else the case, else the way in."""
    stage, sentence = _of_case(case, dossier, result)
    moving = result or dossier
    troubled = _troubled(moving)
    # Papers that came by another way than the post were never scanned: then nobody here knows who has them.
    seen = not troubled and not (
        moving and moving.phase is Phase.REGISTERED and stage is not Stage.REGISTERED
    )
    overdue = case.due_now is not None and (case.ended_at or now) > case.due_now
    if overdue and case.ended_at is None:
        sentence = sentences.overdue(sentence)
    return Answer(
        stage=stage,
        sentence=troubled or sentence,
        holder=moving.holder if seen and moving else None,
        province=moving.province if seen and moving else None,
        contested=bool(moving and moving.contested),
        undecided=bool(moving and moving.undecided),
        due=case.due_now,
        due_first=case.due_first if case.due_first != case.due_now else None,
        overdue=overdue,
        extended=case.extended,
        moved=case.moved,
        finished=stage is Stage.RETURNED,
        lost=_lost(moving),
        calling=_calling(result),
        waits_for=_waited_for(case, stage, result),
        updated_at=max((at for at in _instants(case, dossier, result) if at), default=None),
    )


def answer_for_item(item: Whereabouts, *, outbound: bool) -> Answer:
    """Tell where an item stands that carries the papers of several people: nothing of their cases."""
    stage, sentence = _way_home(item) if outbound else _way_in(item)
    troubled = _troubled(item)
    return Answer(
        stage=stage,
        sentence=troubled or sentence,
        holder=item.holder if not troubled else None,
        province=item.province if not troubled else None,
        contested=item.contested,
        undecided=item.undecided,
        finished=item.phase is Phase.DELIVERED,
        lost=_lost(item),
        calling=outbound and _calling(item),
        waits_for=_waited_for_item(item, stage, outbound=outbound),
        updated_at=item.last_at,
    )


def _lost(piece: Whereabouts | None) -> bool:
    return piece is not None and piece.phase is Phase.LOST


def _calling(result: Whereabouts | None) -> bool:
    if result is None:
        return False
    tried_again = result.attempts > 0 and result.phase in {Phase.HELD, Phase.IN_TRANSIT}
    return result.phase is Phase.OUT_FOR_DELIVERY or tried_again


def _waited_for_item(item: Whereabouts, stage: Stage, *, outbound: bool) -> Waiting | None:
    if outbound:
        return "pickup" if item.phase is Phase.AWAITING_PICKUP else None
    return "papers" if stage is Stage.REGISTERED else None


def _waited_for(case: CaseState, stage: Stage, result: Whereabouts | None) -> Waiting | None:
    if result is not None:
        return "pickup" if result.phase is Phase.AWAITING_PICKUP else None
    if stage is Stage.REGISTERED:
        return "papers" if case.mode is not ServiceMode.RETURN else None
    if case.status is Status.SUPPLEMENT:
        return "supplement"
    return "fee" if case.status is Status.FEE else None


def _instants(
    case: CaseState, dossier: Whereabouts | None, result: Whereabouts | None
) -> tuple[datetime | None, ...]:
    return (
        case.registered_at,
        case.ended_at,
        dossier.last_at if dossier else None,
        result.last_at if result else None,
    )


def _troubled(piece: Whereabouts | None) -> Words | None:
    if piece is None:
        return None
    if piece.phase is Phase.LOST:
        return sentences.LOST
    if piece.contested:
        return sentences.CONTESTED
    return sentences.UNDECIDED if piece.undecided else None


def _of_case(case: CaseState, dossier: Whereabouts | None, result: Whereabouts | None) -> tuple[Stage, Words]:
    if case.status is Status.RETURNED or (result and result.phase is Phase.DELIVERED):
        return Stage.RETURNED, sentences.RETURNED
    if result is not None:
        return _way_home(result)
    if case.status in sentences.ENDED:
        if dossier and dossier.phase is Phase.DELIVERED:
            return Stage.RETURNED, sentences.PAPERS_BACK
        return Stage.PROCESSING, sentences.ENDED[case.status]
    if case.status in sentences.RUNNING:
        stage = Stage.AT_AGENCY if case.status is Status.RECEIVED else Stage.PROCESSING
        if case.status is Status.DONE:
            stage = Stage.RESULT
        if case.status is Status.WITHDRAWAL and case.withdrawn:
            return stage, sentences.WITHDRAWN
        return stage, sentences.RUNNING[case.status]
    if dossier is None or case.mode is ServiceMode.RETURN:
        return Stage.REGISTERED, sentences.REGISTERED_FOR_RETURN
    return _way_in(dossier)


def _way_in(piece: Whereabouts) -> tuple[Stage, Words]:
    if piece.holder == "agency" or piece.phase is Phase.DELIVERED:
        return Stage.AT_AGENCY, sentences.AT_AGENCY
    if piece.holder == "post":
        if piece.at_origin and piece.phase in {Phase.HELD, Phase.REGISTERED}:
            return Stage.ACCEPTED, sentences.ACCEPTED
        return Stage.TO_AGENCY, sentences.TO_AGENCY
    if piece.contested or piece.undecided:
        return Stage.TO_AGENCY, sentences.TO_AGENCY
    return Stage.REGISTERED, sentences.REGISTERED


def _way_home(piece: Whereabouts) -> tuple[Stage, Words]:
    if piece.phase is Phase.DELIVERED:
        return Stage.RETURNED, sentences.RETURNED
    if piece.phase is Phase.RETURNED:
        return Stage.RESULT, sentences.SENT_BACK
    if piece.phase in sentences.HOMEWARD:
        return Stage.TO_CITIZEN, sentences.HOMEWARD[piece.phase]
    if piece.holder == "post" or piece.contested:
        return Stage.TO_CITIZEN, sentences.TO_CITIZEN
    return Stage.RESULT, sentences.RESULT


def holder_kind(party: str | None, organisation_kind: str | None) -> HolderKind | None:
    """Tell a party in kind only: which department has the papers would tell the kind of case."""
    if party is None:
        return None
    if party == "CITIZEN":
        return "citizen"
    return "post" if organisation_kind in POST_KINDS else "agency"


def masked(name: str) -> str:
    """Show a name by its first letters alone, so that its owner knows it and nobody else learns it."""
    return " ".join(word[0] + "•" * (len(word) - 1) for word in name.split())
