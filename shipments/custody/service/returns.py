"""Which returns of a batch came too early, by the law and the working days in force when they were made."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from postal.ledger.repository import find_rows
from postal.ledger.rules import Row
from shipments.custody.rules import CITIZEN, Custody, ScanKind, Step, shared_steps
from shipments.custody.rules.instructions import RECALL
from shipments.deliveries.rules import Invitation, TooEarly, too_early
from shipments.deliveries.service import rule_at
from shipments.pieces.repository import find_many as find_pieces

NOT_COUNTING = frozenset({"voided", "disputed"})
REFUSED = "recipient_refused"


async def early_returns(rows: Sequence[Row], folded: Mapping[str, Custody]) -> dict[UUID, TooEarly]:
    """Judge the returns among these rows; papers on their way to an agency, or called back, wait for nobody."""
    returns = [row for row in rows if row.content.kind == ScanKind.RETURN.value]
    if not returns:
        return {}
    pieces = await find_pieces({row.content.code for row in returns})
    judged = {
        row.content.id: (row, folded[row.content.code])
        for row in returns
        if _was_folded(row, folded)
        and row.content.code in pieces
        and pieces[row.content.code].destination == CITIZEN
        and not _recalled(folded[row.content.code])
    }
    steps = {id_: list(_failed(custody, folded)) for id_, (_, custody) in judged.items()}
    reasons = await find_rows({step.row for several in steps.values() for step in several})
    found = {}
    for id_, (row, _) in judged.items():
        at = row.corrected_at
        rule = await rule_at(at)
        if rule is None:
            continue
        invitations = [Invitation(step.at, _reason(step, reasons)) for step in steps[id_]]
        early = too_early(invitations, at, *rule, reason=row.content.body.get("reason"))
        if early is not None:
            found[id_] = early
    return found


def _was_folded(row: Row, folded: Mapping[str, Custody]) -> bool:
    """Tell whether the row is a step of what was folded just now; a repeated one was told its verdict before."""
    custody = folded.get(row.content.code)
    return custody is not None and any(
        step.row == row.content.id and not NOT_COUNTING & set(step.flags) for step in custody.steps
    )


def _recalled(custody: Custody) -> bool:
    return custody.instruction is not None and custody.instruction.kind == RECALL


def _failed(custody: Custody, folded: Mapping[str, Custody]) -> Iterable[Step]:
    """Give the deliveries of a piece that failed, those of what it was in among them."""
    for step in (*custody.steps, *shared_steps(custody, folded)):
        refused = REFUSED in step.flags
        if (step.kind == ScanKind.ATTEMPT_FAILED.value or refused) and not NOT_COUNTING & set(step.flags):
            yield step


def _reason(step: Step, rows: Mapping[UUID, tuple[Row, bool]]) -> str | None:
    if REFUSED in step.flags:
        return "refused"
    reason = rows[step.row][0].content.body.get("reason") if step.row in rows else None
    return str(reason) if reason else None
