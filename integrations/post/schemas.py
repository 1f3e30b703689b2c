"""How orders and despatches of the post are shown to programs."""

from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.post.repository.despatches import Despatch, SeenDespatch
from integrations.post.repository.orders import Form
from integrations.post.rules.despatches import Answer
from integrations.post.rules.orders import Order
from postal.instants import Instant

Way = Literal["in", "out"]


class PostSender(Struct, frozen=True, kw_only=True):
    """Where an order is collected: personal data, for those of the office or the agency who need it."""

    name: str | None = None
    tel: str | None = None
    address: str | None = None
    district: str | None = None
    province: str | None = None
    desc: str | None = None


class PostOrderView(Struct, frozen=True, kw_only=True):
    """An order to collect. `state` is `vnpostalStatus`: 0 unused, 1 registered, 2 collecting, 3 collected, 4 cancelled.

    `number` is the partner's own, `cod` in đồng. `item` is the item of the papers once there is one.
    """

    code: str
    partner: str
    number: str
    version: int
    state: Literal[0, 1, 2, 3, 4]
    office: str
    agency: str
    dossier: str | None
    item: str | None
    cod: int
    registered_at: Instant
    changed_at: Instant
    courier: str | None
    reason: str | None


class PostOrderAnswer(PostOrderView, frozen=True, kw_only=True):
    """One order. `sender` is null for who needs no people, and once it was erased."""

    sender: PostSender | None


class PostDespatchView(Struct, frozen=True, kw_only=True):
    """An announced despatch. `direction` is `in` where the partner announced it to us, `out` where we did.

    Nobody holds a piece because it was announced. `final` once an answer leaves nothing to wait for.
    """

    id: UUID
    partner: str
    direction: Way
    number: str
    giver: str
    receiver: str
    pieces: int
    announced_at: Instant
    departed_at: Instant | None
    answered_at: Instant | None
    final: bool


class PostBag(Struct, frozen=True, kw_only=True):
    """A bag of a despatch, and its seal when it left."""

    code: str
    seal: str | None
    seal_state: str | None


class PostItem(Struct, frozen=True, kw_only=True):
    """An announced piece, in a bag or loose."""

    piece: str
    receptacle: str | None
    grams: int | None


class PostLine(Struct, frozen=True, kw_only=True):
    """What became of a piece, in the words of the message, such as `received` or `missing`.

    `before` is what the answer before said, where that was something else.
    """

    piece: str
    outcome: str
    before: str | None = None


class PostReply(Struct, frozen=True, kw_only=True):
    """One answer to a despatch; the last one holds."""

    number: int
    at: Instant
    lines: list[PostLine]


class PostDifference(Struct, frozen=True, kw_only=True):
    """A piece of which the two sides say different things; `none` is what was not mentioned."""

    piece: str
    found: str
    said: str


class PostDespatchAnswer(PostDespatchView, frozen=True, kw_only=True):
    """One despatch: what was announced, what this system finds now, every answer, and where the two sides differ."""

    receptacles: list[PostBag]
    items: list[PostItem]
    found: list[PostLine]
    answers: list[PostReply]
    differences: list[PostDifference]


def order_view(order: Order) -> PostOrderView:
    """Show an order without anything about a person."""
    return msgspec.convert(order, PostOrderView, from_attributes=True)


def order_answer(order: Order, form: Form | None) -> PostOrderAnswer:
    """Show an order, with where it is collected as far as the caller may see that."""
    said = ((form.form or {}) if form else {}).get("sender")
    sender = msgspec.convert(said, PostSender) if said else None
    return PostOrderAnswer(**msgspec.structs.asdict(order_view(order)), sender=sender)


def despatch_view(despatch: Despatch) -> PostDespatchView:
    """Show an announced despatch in a list."""
    return PostDespatchView(
        id=despatch.id,
        partner=despatch.partner,
        direction=despatch.direction.value,
        number=despatch.number,
        giver=despatch.giver,
        receiver=despatch.receiver,
        pieces=len(despatch.announcement.all_pieces),
        announced_at=despatch.announced_at,
        departed_at=despatch.announcement.departed_at,
        answered_at=despatch.answered_at,
        final=despatch.final,
    )


def despatch_answer(seen: SeenDespatch) -> PostDespatchAnswer:
    """Show a despatch as its giver and its receiver see it."""
    announced = seen.despatch.announcement
    return PostDespatchAnswer(
        **msgspec.structs.asdict(despatch_view(seen.despatch)),
        receptacles=[
            PostBag(code=bag.code, seal=bag.seal, seal_state=bag.seal_state) for bag in announced.receptacles
        ],
        items=[
            PostItem(piece=each.piece, receptacle=each.receptacle, grams=each.grams)
            for each in announced.items
        ],
        found=[PostLine(piece=line.piece, outcome=line.outcome) for line in seen.found],
        answers=[_reply(answer) for answer in seen.answers],
        differences=[
            PostDifference(piece=piece, found=found, said=said) for piece, found, said in seen.differences
        ],
    )


def _reply(answer: Answer) -> PostReply:
    lines = [PostLine(piece=one.piece, outcome=one.outcome, before=one.before) for one in answer.lines]
    return PostReply(number=answer.number, at=answer.at, lines=lines)
