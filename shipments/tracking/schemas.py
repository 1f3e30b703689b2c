"""What tracking tells over HTTP: no name, address, phone, procedure or department in the anonymous answer."""

from typing import Annotated

from msgspec import Meta, Struct

from postal.instants import Instant
from shipments.estimates.schemas import sentences as estimated
from shipments.tracking import sentences
from shipments.tracking.rules import (
    STAGE_NAMES,
    Entry,
    HolderKind,
    Stage,
    Tracked,
    Unlocked,
    headline,
    mover,
    to_do,
)
from shipments.tracking.sentences import Words


class SecondFactor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last four digits of the phone number on the posting slip."""

    last4: Annotated[str, Meta(pattern=r"^[0-9]{4}$(?!\n)")]


class StageView(Struct, frozen=True, kw_only=True):
    """One of the seven stages; `state` is done, now or ahead."""

    number: int
    vi: str
    en: str
    state: str


class Saying(Struct, frozen=True, kw_only=True):
    """A text in both languages."""

    vi: str
    en: str


class TrackView(Struct, frozen=True, kw_only=True):
    """The anonymous answer. `stage` 0 means that the post has nothing yet; an estimate is no promise.

    `headline` is the sentence with the date that is owed, `move` whose turn it is, `todo` what the citizen can do now;
    `province` is where the holder is. `extended` says that the agency moved the promise, with an apology; `moved` that
    a decision on working days did.
    """

    code: str
    stage: int
    stage_vi: str
    stage_en: str
    sentence_vi: str
    sentence_en: str
    headline_vi: str
    headline_en: str
    move: HolderKind | None
    todo: list[Saying]
    stages: list[StageView]
    holder: HolderKind | None
    holder_vi: str | None
    holder_en: str | None
    province: str | None
    contested: bool
    undecided: bool
    due: Instant | None
    due_first: Instant | None
    overdue: bool
    extended: bool
    moved: bool
    finished: bool
    updated_at: Instant | None
    data_as_of: Instant | None
    estimate_from: Instant | None
    estimate_until: Instant | None
    estimate_vi: str | None
    estimate_en: str | None


class EntryView(Struct, frozen=True, kw_only=True):
    """One line of the fuller timeline."""

    at: Instant
    vi: str
    en: str
    holder: HolderKind | None
    place: str | None


class UnlockedView(Struct, frozen=True, kw_only=True):
    """The answer to whoever knows the end of the phone number: the masked name and every step, newest first."""

    track: TrackView
    name: str | None
    timeline: list[EntryView]


def _stage(stage: Stage, now: Stage) -> StageView:
    words = STAGE_NAMES[stage]
    state = "now" if stage == now else "done" if stage < now else "ahead"
    return StageView(number=stage.value, vi=words.vi, en=words.en, state=state)


STAGES = {now: [_stage(stage, now) for stage in Stage if stage is not Stage.REGISTERED] for now in Stage}
"""All stages as seen from each of them."""


def view(tracked: Tracked) -> TrackView:
    """Show the anonymous answer."""
    answer, estimate = tracked.answer, tracked.estimate
    estimate_vi, estimate_en = estimated(estimate) if estimate else (None, None)
    name, said = STAGE_NAMES[answer.stage], headline(answer)
    holder: Words | None = sentences.HOLDERS[answer.holder] if answer.holder else None
    return TrackView(
        code=tracked.code,
        stage=answer.stage.value,
        stage_vi=name.vi,
        stage_en=name.en,
        sentence_vi=answer.sentence.vi,
        sentence_en=answer.sentence.en,
        headline_vi=said.vi,
        headline_en=said.en,
        move=mover(answer),
        todo=[Saying(vi=words.vi, en=words.en) for words in to_do(answer)],
        stages=STAGES[answer.stage],
        holder=answer.holder,
        holder_vi=holder.vi if holder else None,
        holder_en=holder.en if holder else None,
        province=answer.province,
        contested=answer.contested,
        undecided=answer.undecided,
        due=answer.due,
        due_first=answer.due_first,
        overdue=answer.overdue,
        extended=answer.extended,
        moved=answer.moved,
        finished=answer.finished,
        updated_at=answer.updated_at,
        data_as_of=tracked.data_as_of,
        estimate_from=estimate.low if estimate else None,
        estimate_until=estimate.high if estimate else None,
        estimate_vi=estimate_vi,
        estimate_en=estimate_en,
    )


def unlocked_view(unlocked: Unlocked) -> UnlockedView:
    """Show the fuller answer."""
    return UnlockedView(
        track=view(unlocked.tracked),
        name=unlocked.name,
        timeline=[_line(entry) for entry in unlocked.entries],
    )


def _line(entry: Entry) -> EntryView:
    return EntryView(
        at=entry.at, vi=entry.words.vi, en=entry.words.en, holder=entry.holder, place=entry.place
    )
