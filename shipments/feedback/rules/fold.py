"""The case of a feedback from the set of its records."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from postal.errors import Conflict
from postal.ledger.rules import Row
from shipments.feedback.rules.model import (
    ACCEPTED,
    ANSWERED,
    ASKED,
    MOVES,
    PUBLISHED,
    RECEIVED,
    REFUSED,
    SUPPLEMENTED,
    Category,
    Channel,
    Feedback,
    State,
    is_feedback,
)

KINDS = frozenset({RECEIVED, *MOVES})


def concerns(code: str, rows: Iterable[Row]) -> bool:
    """Tell whether rows are about a feedback."""
    return is_feedback(code) and any(row.content.kind in KINDS for row in rows)


def fold_feedback(code: str, rows: Iterable[Row]) -> Feedback | None:
    """Fold one case; None without its beginning. The order of the rows does not matter, only their times."""
    ordered = sorted(
        (row for row in rows if row.content.code == code and row.content.kind in KINDS),
        key=lambda row: (row.content.kind != RECEIVED, row.corrected_at, row.content.id),
    )
    if not ordered or ordered[0].content.kind != RECEIVED:
        return None
    case = _begun(code, ordered[0])
    for row in ordered[1:]:
        case = _moved(case, row)
    return case


def refuse_move(case: Feedback, kind: str) -> None:
    """Raise when a record would not move the case from where it is."""
    if kind in MOVES and case.state not in MOVES[kind]:
        raise Conflict(
            "feedback.state",
            vi="Phản ánh, kiến nghị này không còn ở bước đó; hãy tải lại trang để xem tình trạng mới",
            en="This feedback is at another step by now; load the page again to see where it stands",
            state=case.state.value,
        )


def _begun(code: str, row: Row) -> Feedback:
    body = row.content.body
    category = Category(body["category"])
    owner = None if category is Category.VIOLATION else body.get("organisation")
    taken_by = row.content.organisation
    return Feedback(
        code=code,
        channel=Channel(body["channel"]),
        category=category,
        state=State.RECEIVED,
        received_at=row.corrected_at,
        taken_by=taken_by,
        organisation=owner,
        parties=_parties(category, (), taken_by, owner),
        dossier=body.get("dossier"),
        authority=body.get("authority"),
        office=body.get("office"),
        refuse_due=_instant(body["refuse_due"]),
        supplement_due=_instant(body["supplement_due"]),
        resolve_due=_instant(body["resolve_due"]),
        person=row.content.person,
    )


def _moved(case: Feedback, row: Row) -> Feedback:
    kind, body, at = row.content.kind, row.content.body, row.corrected_at
    if kind == RECEIVED or case.state not in MOVES[kind]:
        return replace(case, flags=tuple(sorted({*case.flags, f"odd.{kind.removeprefix('feedback.')}"})))
    asked_before = case.supplement_at is not None
    case = replace(case, state=MOVES[kind][case.state], person=row.content.person or case.person)
    if kind == ACCEPTED:
        return _assigned(case, body, at)
    if kind == ASKED:
        late = [] if asked_before or at <= case.supplement_due else ["supplement"]
        return _late(replace(case, supplement_at=case.supplement_at or at), late)
    if kind == SUPPLEMENTED:
        return replace(case, resolve_due=_instant(body["resolve_due"]))
    if kind == REFUSED:
        # Who was asked for more and did not answer cannot have been refused within two days.
        due, name = (case.resolve_due, "resolve") if asked_before else (case.refuse_due, "refuse")
        return _late(replace(case, refused_at=at, reason=body["reason"]), [name] if at > due else [])
    if kind == ANSWERED:
        answered = replace(
            case, answered_at=at, outcome=body["outcome"], publish_due=_instant(body["publish_due"])
        )
        return _late(answered, ["resolve"] if at > case.resolve_due else [])
    late = ["publish"] if case.publish_due is not None and at > case.publish_due else []
    return _late(replace(case, published_at=at), late if kind == PUBLISHED else [])


def _assigned(case: Feedback, body: dict[str, Any], at: datetime) -> Feedback:
    category = Category(body["category"])
    owner = None if category is Category.VIOLATION else body.get("organisation")
    return replace(
        case,
        category=category,
        organisation=owner,
        parties=_parties(category, case.parties, case.taken_by, owner),
        accepted_at=case.accepted_at or at,
    )


def _parties(
    category: Category, earlier: tuple[str, ...], taken_by: str | None, owner: str | None
) -> tuple[str, ...]:
    """Name who sees it besides inspectors; nobody does while it reports violations."""
    if category is Category.VIOLATION:
        return ()
    return tuple(sorted({*earlier, *(party for party in (taken_by, owner) if party)}))


def _late(case: Feedback, names: list[str]) -> Feedback:
    return replace(case, late=tuple(sorted({*case.late, *names})))


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)
