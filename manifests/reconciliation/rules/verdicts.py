"""The verdict on one piece, from what each side said, who holds it and which devices are still silent."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from manifests.reconciliation.rules.evidence import Books, Sides
from manifests.reconciliation.rules.seals import SealCheck, check_of
from manifests.reconciliation.rules.words import (
    DAMAGE,
    GIVING,
    SIGHTING,
    Custody,
    DeviceCoverage,
    Elsewhere,
    Handover,
    LineClass,
    Sync,
)
from postal.ledger.rules import Row


class Frame(Struct, frozen=True, kw_only=True):
    """What a verdict weighs besides the rows; `behind` are the devices in question that are not covered.

    `told_by` is the sync by which the last of them was, if all are.
    """

    handover: Handover
    elsewhere: Mapping[str, Elsewhere]
    custody: Mapping[str, Custody]
    behind: tuple[DeviceCoverage, ...]
    waiting: bool
    told_by: Sync | None = None
    arrived: bool


UNTOLD = frozenset({"unseen", "not_arrived", "not_offered"})
"""Reasons of what is missing because nobody has told of it, though everybody has spoken."""


class Verdict(Struct, frozen=True, kw_only=True):
    """A class, why, and who answers; `answers` is None only where nobody is known to."""

    line_class: LineClass
    answers: str | None
    reason: str | None = None
    damage: str | None = None
    belongs_to: str | None = None
    claims: tuple[str, ...] = ()
    names_devices: bool = False


def verdict_of(frame: Frame, books: Books, code: str, sides: Sides) -> Verdict:
    """Judge one piece of manifest ∪ scans."""
    seal = check_of(books.seals.get(code, ()), sides.giver, sides.receiver)
    damage = _damage(sides) or (seal.flag if seal else None)
    if claims := _claims(frame, books, code, sides):
        return Verdict(
            line_class=LineClass.CONTESTED,
            answers=frame.handover.giver,
            reason="claims",
            claims=claims,
            damage=damage,
        )
    if code not in books.lines and code not in books.containers:
        return _unlisted(frame, code, sides, damage)
    last = _decision(sides.receiver)
    if last == "seen" or (last == "refused" and damage is not None):
        return _present(frame, sides, damage, seal)
    if last in {"refused", "lost"}:
        answers = frame.handover.giver if last == "refused" else frame.handover.receiver
        return Verdict(line_class=LineClass.MISSING, answers=answers, reason=last)
    if stranger := _stranger(frame, books, code, sides):
        return Verdict(line_class=LineClass.MISROUTED, answers=stranger, reason="third_party", damage=damage)
    return _unseen(frame, code, sides)


def _present(frame: Frame, sides: Sides, damage: str | None, seal: SealCheck | None) -> Verdict:
    if damage is None:
        return Verdict(line_class=LineClass.MATCHED, answers=frame.handover.receiver)
    return Verdict(
        line_class=LineClass.DAMAGED,
        answers=_damage_answers(frame.handover, sides, seal.row if seal else None),
        reason=damage,
        damage=damage,
    )


def _unseen(frame: Frame, code: str, sides: Sides) -> Verdict:
    """Judge a listed piece that the receiver did not scan itself: by its bag, the devices, else missing."""
    if barcode := _decision(sides.barcode):
        return barcode_verdict(frame.handover, barcode)
    if _decision(sides.giver) == "lost":
        return Verdict(line_class=LineClass.MISSING, answers=_holder(frame, code), reason="lost")
    return unseen_verdict(frame, code, given=any(row.content.kind in SIGHTING for row in sides.giver))


def barcode_verdict(handover: Handover, decision: str) -> Verdict:
    """Judge a piece of which the receiver only took or refused the bag, or the manifest as a whole."""
    if decision == "seen":
        return Verdict(line_class=LineClass.UNVERIFIED, answers=handover.receiver, reason="barcode")
    return Verdict(line_class=LineClass.MISSING, answers=handover.giver, reason="refused")


def unseen_verdict(frame: Frame, code: str, *, given: bool) -> Verdict:
    """Judge a piece that nobody at the receiver has told of: a device may still do so, else it is missing."""
    holder = _holder(frame, code)
    if frame.behind:
        if frame.waiting:
            reason = "unseen" if frame.arrived else "not_arrived"
            return Verdict(
                line_class=LineClass.AWAITING_DEVICE, answers=holder, reason=reason, names_devices=True
            )
        return Verdict(
            line_class=LineClass.MISSING, answers=holder, reason="waiting_limit_over", names_devices=True
        )
    reason = "not_arrived" if not frame.arrived else "unseen" if given else "not_offered"
    return Verdict(line_class=LineClass.MISSING, answers=holder, reason=reason)


def _unlisted(frame: Frame, code: str, sides: Sides, damage: str | None) -> Verdict:
    """Judge a piece that was scanned under the manifest and is not on it: misrouted, or one too many."""
    home = frame.elsewhere.get(code, Elsewhere())
    answers = frame.handover.receiver if _decision(sides.receiver) == "seen" else frame.handover.giver
    if home.manifest is not None:
        reason, belongs_to = "other_manifest", home.manifest
    elif home.destination is not None and home.destination not in _destinations(frame.handover):
        reason, belongs_to = "other_destination", home.destination
    else:
        return Verdict(line_class=LineClass.EXTRA, answers=answers, reason="not_listed", damage=damage)
    return Verdict(
        line_class=LineClass.MISROUTED, answers=answers, reason=reason, belongs_to=belongs_to, damage=damage
    )


def _destinations(handover: Handover) -> set[str | None]:
    """Name where this manifest's pieces go; through a hub, each line's destination counts."""
    return {handover.receiver} | {line.destination for line in handover.lines}


def _claims(frame: Frame, books: Books, code: str, sides: Sides) -> tuple[str, ...]:
    """Give the rival claims to a piece, unless the receiver has passed it on: that quarrel is another's."""
    custody = frame.custody.get(code)
    if custody is None or len(custody.claims) < 2:
        return ()
    line = books.lines.get(code)
    if line is not None and line.until is not None:
        return ()
    passed_on = any(row.content.kind in GIVING for row in sides.receiver)
    parties = {frame.handover.giver, frame.handover.carrier} & set(custody.claims)
    return () if passed_on and not parties else tuple(sorted(custody.claims))


def _decision(rows: Sequence[Row]) -> str | None:
    """Say where a side's last word leaves the piece: seen, refused, lost, or nothing said."""
    last = None
    for row in sorted(rows, key=lambda row: (row.corrected_at, row.content.id)):
        last = _word(row) or last
    return last


def _word(row: Row) -> str | None:
    if row.content.kind in SIGHTING:
        return "seen"
    if row.content.kind == "refuse":
        return "refused"
    if row.content.kind == "report":
        return "lost" if "lost" in _words(row) else "seen"
    return None


def undecided_rows(rows: Sequence[Row]) -> tuple[UUID, ...]:
    """Name a side's last word and what may have come after it and says otherwise, as far as the clocks can tell."""
    words = sorted(
        (row for row in rows if _word(row) is not None), key=lambda row: (row.corrected_at, row.content.id)
    )
    if not words:
        return ()
    last = words[-1]
    rivals = [row for row in words[:-1] if _word(row) != _word(last) and not _surely_before(row, last)]
    return tuple(sorted(row.content.id for row in (*rivals, last))) if rivals else ()


def _surely_before(row: Row, later: Row) -> bool:
    """Tell whether one row came before another for sure: one installation counts its scans, others have clocks."""
    one, other = row.content, later.content
    if one.seq is not None and (one.device, one.epoch) == (other.device, other.epoch):
        return True
    doubt = timedelta(milliseconds=row.uncertainty_ms + later.uncertainty_ms)
    return not doubt or later.corrected_at - row.corrected_at > doubt


def _words(row: Row) -> tuple[str | None, str | None]:
    """Give the words in which a scan may state a condition: reports as condition, refusals as reason."""
    body = row.content.body
    return _lower(body.get("condition")), _lower(body.get("reason"))


def _lower(word: object) -> str | None:
    return word.lower() if isinstance(word, str) else None


def _damage_of(row: Row) -> str | None:
    seal = row.content.body.get("seal")
    broken = isinstance(seal, dict) and seal.get("state") == "broken"
    words = (*_words(row), "seal_broken" if broken else None)
    return next((word for word in words if word in DAMAGE), None)


def _damage(sides: Sides) -> str | None:
    rows = sorted((*sides.receiver, *sides.giver), key=lambda row: (row.corrected_at, row.content.id))
    return next((damage for row in rows if (damage := _damage_of(row))), None)


def _damage_answers(handover: Handover, sides: Sides, seal: UUID | None) -> str:
    """Name who answers for a damage: the giver, unless the receiver first took the piece as intact."""
    for row in sorted(sides.receiver, key=lambda row: (row.corrected_at, row.content.id)):
        if _damage_of(row) or row.content.id == seal:
            return handover.giver
        if row.content.kind in SIGHTING and row.content.body.get("condition") == "intact":
            return handover.giver if any(_damage_of(one) for one in sides.giver) else handover.receiver
    return handover.giver


def _stranger(frame: Frame, books: Books, code: str, sides: Sides) -> str | None:
    """Name the last other party that has the piece although the receiver should.

    After the receiver took the bag or the whole list over, others may well see the piece: it went on. Only who had
    a listed piece from the giver itself shows even then that it never came.
    """
    giving = ({frame.handover.giver, frame.handover.carrier} | books.carriers) - {None}
    taken = min((row.corrected_at for row in sides.barcode if row.content.kind in SIGHTING), default=None)
    seen = [
        row
        for row in sorted(sides.others, key=lambda row: (row.corrected_at, row.content.id))
        if row.content.kind in SIGHTING
        and row.content.organisation is not None
        and (
            taken is None
            or row.corrected_at < taken
            or (code in books.lines and row.content.body.get("counterparty") in giving)
        )
    ]
    return seen[-1].content.organisation if seen else None


def _holder(frame: Frame, code: str) -> str | None:
    """Name who answers for a piece that did not arrive: who has it by the fold, else the giver."""
    custody = frame.custody.get(code)
    return custody.holder if custody is not None and custody.holder is not None else frame.handover.giver
