"""The pair in the style of PREDES and RESDES: what was sent, announced beforehand, and what of it arrived. Pure.

A despatch announced to us is a record of its own and never custody: nobody holds a piece because it was announced. Its
answer is the reconciliation of the system, whose disjoint classes have a word each in the message.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from integrations.post.rules.reading import (
    Given,
    bad,
    instant,
    item,
    local,
    needed,
    number,
    object_of,
    rows_of,
    text,
    whole,
)
from manifests.reconciliation.rules import LineClass, Reconciliation
from postal.instants import Instant

PREDES, RESDES = "predes-style/1", "resdes-style/1"
MOST_GRAMS = 1_000_000

SEALS = frozenset({"intact", "broken", "missing"})
OUTCOMES: dict[LineClass, str] = {
    LineClass.MATCHED: "received",
    LineClass.MISSING: "missing",
    LineClass.EXTRA: "extra",
    LineClass.DAMAGED: "damaged",
    LineClass.MISROUTED: "misrouted",
    LineClass.UNVERIFIED: "unverified",
    LineClass.CONTESTED: "contested",
    LineClass.AWAITING_DEVICE: "awaiting_device",
}
CLASSES = {word: line_class for line_class, word in OUTCOMES.items()}
SEEN = frozenset({"received", "extra", "damaged", "misrouted"})
"""Outcomes that say that the answering side had the piece itself in its hands."""

OPEN = frozenset({"missing", "awaiting_device", "unverified"})
"""Outcomes that a further scan may still settle: an answer does not hurry while there is one."""


class Direction(StrEnum):
    """Whether we announced the despatch to the partner, or the partner to us."""

    OUT = "out"
    IN = "in"


class AnnouncedItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a despatch, in a receptacle or loose; its weight if it is known."""

    piece: str
    receptacle: str | None = None
    grams: int | None = None


class Receptacle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bag of a despatch, and how its seal was when it left."""

    code: str
    seal: str | None = None
    seal_state: str | None = None


class Announcement(Struct, frozen=True, kw_only=True):
    """A pre-advice: which pieces a giver has sent to a receiver under one number.

    `digest` is over the list of this message, `sealed` the digest of the sealed manifest behind it, if there is one.
    """

    number: str
    giver: str
    receiver: str
    prepared_at: Instant
    departed_at: Instant | None
    digest: str | None
    receptacles: tuple[Receptacle, ...]
    items: tuple[AnnouncedItem, ...]
    sealed: str | None = None

    @property
    def pieces(self) -> tuple[str, ...]:
        """Name what must arrive by itself: loose pieces and the bags; what is in a bag comes with it."""
        bags = [bag.code for bag in self.receptacles]
        return (*bags, *(each.piece for each in self.items if each.receptacle is None))

    @property
    def all_pieces(self) -> tuple[str, ...]:
        """Name every piece, the bags before what is in them."""
        return (*(bag.code for bag in self.receptacles), *(each.piece for each in self.items))


class AnswerLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one piece; `before` is what the last answer said of it, if that was something else."""

    piece: str
    outcome: str
    belongs_to: str | None = None
    condition: str | None = None
    before: str | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """One answer to a despatch; the first has the number 1, each later one says what changed since."""

    despatch: str
    number: int
    at: Instant
    lines: tuple[AnswerLine, ...]

    @property
    def changed(self) -> tuple[AnswerLine, ...]:
        """List the lines of which the answer before said something else, or nothing."""
        return tuple(line for line in self.lines if line.before is not None)

    @property
    def counts(self) -> dict[str, int]:
        """Count the outcomes."""
        return dict(sorted(Counter(line.outcome for line in self.lines).items()))


def content_of(announcement: Announcement) -> str:
    """Digest what was announced, whatever the time of the message, so that a repetition is known."""
    facts = [
        announcement.giver,
        announcement.receiver,
        sorted((bag.code, bag.seal or "", bag.seal_state or "") for bag in announcement.receptacles),
        sorted((each.piece, each.receptacle or "", each.grams or 0) for each in announcement.items),
    ]
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()


def digest_of(announcement: Announcement) -> str:
    """Digest the list as any reader can: the number, then every piece by its code, a line each."""
    lines = [announcement.number, *sorted(announcement.all_pieces)]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def answer_of(despatch: str, before: Answer | None, result: Reconciliation, at: datetime) -> Answer:
    """Answer by a reconciliation; a line tells what the answer before said where that differs."""
    then = {line.piece: line.outcome for line in before.lines} if before else {}
    lines = tuple(
        AnswerLine(
            piece=line.code,
            outcome=OUTCOMES[line.line_class],
            belongs_to=line.evidence.belongs_to,
            condition=line.evidence.damage,
            before=_before(then, line.code, OUTCOMES[line.line_class], first=before is None),
        )
        for line in sorted(result.lines, key=lambda line: line.code)
    )
    return Answer(despatch=despatch, number=before.number + 1 if before else 1, at=at, lines=lines)


def _before(then: Mapping[str, str], piece: str, outcome: str, *, first: bool) -> str | None:
    said = then.get(piece, "none")
    return None if first or said == outcome else said


def says_the_same(answer: Answer, before: Answer | None) -> bool:
    """Tell whether an answer would only repeat the one before."""
    return before is not None and facts_of(answer.lines) == facts_of(before.lines)


def facts_of(lines: Iterable[AnswerLine]) -> list[tuple[str, str, str | None, str | None]]:
    """Give what lines say, without what they said before."""
    return sorted((line.piece, line.outcome, line.condition, line.belongs_to) for line in lines)


def is_final(answer: Answer) -> bool:
    """Tell whether nothing of the answer waits for another scan."""
    return not any(line.outcome in OPEN for line in answer.lines)


def differences(ours: Sequence[AnswerLine], theirs: Sequence[AnswerLine]) -> list[tuple[str, str, str]]:
    """List the pieces of which two sides say different things: what we find, what they say."""
    found = {line.piece: line.outcome for line in ours}
    said = {line.piece: line.outcome for line in theirs}
    return [
        (piece, found.get(piece, "none"), said.get(piece, "none"))
        for piece in sorted(found.keys() | said.keys())
        if found.get(piece) != said.get(piece)
    ]


def predes_json(announcement: Announcement) -> dict[str, Any]:
    """Write a pre-advice."""
    return _present(
        {
            "format": PREDES,
            "despatch": announcement.number,
            "sender": announcement.giver,
            "receiver": announcement.receiver,
            "preparedAt": local(announcement.prepared_at),
            "departedAt": local(announcement.departed_at) if announcement.departed_at else None,
            "digest": announcement.digest,
            "sealedDigest": announcement.sealed,
            "receptacles": [
                _present({"id": bag.code, "seal": bag.seal, "sealState": bag.seal_state})
                for bag in announcement.receptacles
            ],
            "items": [
                _present({"itemId": each.piece, "receptacle": each.receptacle, "weightGrams": each.grams})
                for each in announcement.items
            ],
        }
    )


def resdes_json(answer: Answer, responder: str) -> dict[str, Any]:
    """Write an answer."""
    return {
        "format": RESDES,
        "despatch": answer.despatch,
        "responder": responder,
        "answer": answer.number,
        "answeredAt": local(answer.at),
        "final": is_final(answer),
        "counts": answer.counts,
        "items": [
            _present(
                {
                    "itemId": line.piece,
                    "outcome": line.outcome,
                    "condition": line.condition,
                    "belongsTo": line.belongs_to,
                    "before": line.before,
                }
            )
            for line in answer.lines
        ],
    }


def read_predes(given: Given, received_at: datetime) -> Announcement:
    """Read a pre-advice; one bad line refuses it whole, since a shorter list would be another despatch."""
    _format(given, PREDES)
    bags = tuple(
        _receptacle(object_of(row, f"/receptacles/{n}"), f"/receptacles/{n}")
        for n, row in enumerate(rows_of(given, "receptacles") if "receptacles" in given else [])
    )
    items = tuple(
        _announced(object_of(row, f"/items/{n}"), f"/items/{n}")
        for n, row in enumerate(rows_of(given, "items"))
    )
    announcement = Announcement(
        number=number(given, "despatch"),
        giver=number(given, "sender"),
        receiver=number(given, "receiver"),
        prepared_at=instant(given, "preparedAt", received_at),
        departed_at=instant(given, "departedAt", received_at) if given.get("departedAt") else None,
        digest=text(given, "digest", 64),
        sealed=text(given, "sealedDigest", 64),
        receptacles=bags,
        items=items,
    )
    _refuse_odd(announcement)
    return announcement


def _refuse_odd(announcement: Announcement) -> None:
    pieces = announcement.all_pieces
    if not pieces:
        raise bad("post.empty", "Chuyến thư không có dòng nào", "The despatch has no rows", "/items")
    if twice := next((piece for piece, times in Counter(pieces).items() if times > 1), None):
        raise bad("post.piece_twice", f"{twice} có hai lần", f"{twice} is there twice", "/items")
    known = {bag.code for bag in announcement.receptacles}
    for n, each in enumerate(announcement.items):
        if each.receptacle is not None and each.receptacle not in known:
            raise bad(
                "post.receptacle_unknown",
                f"Không có túi {each.receptacle} trong bản tin",
                f"There is no receptacle {each.receptacle} in the message",
                f"/items/{n}/receptacle",
            )
    if announcement.digest is not None and announcement.digest != digest_of(announcement):
        raise bad(
            "post.digest",
            "Mã băm không khớp danh sách; bản tin có thể bị cắt hoặc bị sửa",
            "The digest does not fit the list; the message may have been cut or altered",
            "/digest",
        )


def _receptacle(given: Given, at: str) -> Receptacle:
    state = text(given, "sealState", 16, at=at)
    if state is not None and state not in SEALS:
        raise bad(
            "post.seal", "Niêm phong: intact, broken, missing", "A seal is intact, broken or missing", at
        )
    return Receptacle(code=number(given, "id", at=at), seal=text(given, "seal", 64, at=at), seal_state=state)


def _announced(given: Given, at: str) -> AnnouncedItem:
    return AnnouncedItem(
        piece=item(needed(given, "itemId", 64, at=at), f"{at}/itemId"),
        receptacle=number(given, "receptacle", at=at) if given.get("receptacle") else None,
        grams=whole(given, "weightGrams", 1, MOST_GRAMS, at=at),
    )


class Reply(Struct, frozen=True, kw_only=True):
    """An answer as the partner wrote it: `number` tells a later one from an earlier one that came late, else `at`."""

    despatch: str
    number: int | None
    at: Instant
    lines: tuple[AnswerLine, ...]


def read_resdes(given: Given, received_at: datetime) -> Reply:
    """Read an answer; one bad line refuses it whole."""
    _format(given, RESDES)
    lines = tuple(
        _said(object_of(row, f"/items/{n}"), f"/items/{n}") for n, row in enumerate(rows_of(given, "items"))
    )
    if twice := next((piece for piece, n in Counter(line.piece for line in lines).items() if n > 1), None):
        raise bad("post.piece_twice", f"{twice} có hai lần", f"{twice} is there twice", "/items")
    return Reply(
        despatch=number(given, "despatch"),
        number=whole(given, "answer", 1, 10_000),
        at=instant(given, "answeredAt", received_at),
        lines=lines,
    )


def _said(given: Given, at: str) -> AnswerLine:
    outcome = needed(given, "outcome", 32, at=at)
    if outcome not in CLASSES:
        words = ", ".join(CLASSES)
        raise bad(
            "post.outcome", f"outcome phải là: {words}", f"outcome must be one of: {words}", f"{at}/outcome"
        )
    condition = text(given, "condition", 16, at=at)
    if condition is not None and condition not in {"intact", "damaged", "opened", "seal_broken"}:
        raise bad("post.word", "Tình trạng không hợp lệ", "There is no such condition", f"{at}/condition")
    return AnswerLine(
        piece=number(given, "itemId", at=at),
        outcome=outcome,
        condition=condition or ("damaged" if outcome == "damaged" else None),
        belongs_to=text(given, "belongsTo", 64, at=at),
    )


def _format(given: Given, wanted: str) -> None:
    if given.get("format") != wanted:
        raise bad("post.format", f"Chỉ nhận định dạng {wanted}", f"The format must be {wanted}", "/format")


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
