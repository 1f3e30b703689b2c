"""What a partner's answers come to: each one replaces the one before, whole. Pure.

Of two answers the one with the greater number counts; an answer without a number is as late as it says. A piece that
the answer before had as seen and that this one has as missing, awaited, not checked one by one, or no longer at all,
was not seen: the scan of it is taken back. `contested` says nothing of whose hands it is in, and changes no scan.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from integrations.post.rules.despatches import SEEN, Answer, AnswerLine, Reply, facts_of
from integrations.post.rules.events import scan_id

LATER = timedelta(milliseconds=1)
"""How long after a scan it is taken back at the earliest: what is not later than a scan takes nothing back."""

SILENT = frozenset({"contested"})


class Receipt(Struct, frozen=True):
    """A scan that an answer makes of a line."""

    scan: UUID
    at: datetime
    line: AnswerLine


class TakenBack(Struct, frozen=True):
    """A scan by which an answer takes back what an earlier one said, and which one."""

    scan: UUID
    at: datetime
    receipt: Receipt


class Scans(Struct, frozen=True):
    """All that the answers to a despatch come to: the scans of the last one, and whatever was taken back by any."""

    receipts: tuple[Receipt, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()
    standing: Mapping[str, tuple[Receipt, ...]] = {}


def taken(said: Sequence[Answer], reply: Reply) -> tuple[str, Answer | None]:
    """Say what becomes of an answer beside those that were taken (the first one first); None if it changes nothing."""
    if any(_repeats(each, reply) for each in said):
        return "repeated", None
    last = said[-1] if said else None
    if last is not None and not _is_later(reply, last):
        return "stale", None
    following = last.number + 1 if last is not None else 1
    then = {line.piece: line.outcome for line in last.lines} if last is not None else {}
    lines = tuple(
        replace(line, before=then.get(line.piece, "none"))
        if last is not None and then.get(line.piece) != line.outcome
        else line
        for line in reply.lines
    )
    return "answered", Answer(
        despatch=reply.despatch, number=reply.number or following, at=reply.at, lines=lines
    )


def scans_of(despatch: UUID, answers: Sequence[Answer]) -> Scans:
    """Work out the scans of all answers to a despatch, the first one first."""
    standing: dict[str, tuple[Receipt, ...]] = {}
    then: dict[str, AnswerLine] = {}
    receipts: tuple[Receipt, ...] = ()
    gone: list[TakenBack] = []
    for answer in answers:
        lines = {line.piece: line for line in answer.lines}
        for piece, stood in list(standing.items()):
            untrue = [one for one in stood if _is_untrue(one, lines.get(piece))]
            gone += [_taken_back(one, answer) for one in untrue]
            standing[piece] = tuple(one for one in stood if one not in untrue)
        receipts = tuple(_receipts(despatch, answer, then))
        for one in receipts:
            standing[one.line.piece] = (*standing.get(one.line.piece, ()), one)
        then = lines
    return Scans(receipts, tuple(gone), {piece: stood for piece, stood in standing.items() if stood})


def _repeats(taken_before: Answer, reply: Reply) -> bool:
    """Tell whether an answer was taken before: by its number, or by its time if it has none."""
    same = taken_before.at == reply.at if reply.number is None else taken_before.number == reply.number
    return same and facts_of(taken_before.lines) == facts_of(reply.lines)


def _is_later(reply: Reply, last: Answer) -> bool:
    return reply.at > last.at if reply.number is None else reply.number > last.number


def _receipts(despatch: UUID, answer: Answer, then: Mapping[str, AnswerLine]) -> Iterator[Receipt]:
    """Give the scans of what was seen since the answer before; nobody's silence is a scan."""
    for line in answer.lines:
        before = then.get(line.piece)
        news = before is None or (before.outcome, before.condition) != (line.outcome, line.condition)
        if line.outcome in SEEN and news:
            yield Receipt(scan_id(answer.at, f"{despatch}:{answer.number}", line.piece), answer.at, line)


def _is_untrue(receipt: Receipt, line: AnswerLine | None) -> bool:
    """Tell whether an answer's line takes back what a scan said: that the piece came, or came in this condition."""
    if line is None:
        return True
    if line.outcome in SILENT:
        return False
    damaged = receipt.line.condition
    return line.outcome not in SEEN or (damaged is not None and damaged != line.condition)


def _taken_back(receipt: Receipt, answer: Answer) -> TakenBack:
    at = max(answer.at, receipt.at + LATER)
    return TakenBack(scan_id(at, f"{receipt.scan}:{answer.number}", "taken back"), at, receipt)
