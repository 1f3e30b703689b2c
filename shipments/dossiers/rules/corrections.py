"""Which rows still count once later rows have named them as mistaken."""

from collections.abc import Iterable
from uuid import UUID

from postal.ledger.rules import Row


def without_corrected(rows: Iterable[Row], kind: str) -> tuple[list[Row], dict[UUID, UUID]]:
    """Give the rows in their order, each once, without those corrected; and for each of these what corrected it.

    A correction (a row of `kind`) counts only by the same organisation and under the same code, and only against an
    earlier row. It may be corrected in turn; so the later ones are settled first.
    """
    ordered = sorted({row.content.id: row for row in rows}.values(), key=_when)
    known = {row.content.id: row for row in ordered}
    void: dict[UUID, UUID] = {}
    for correction in reversed([row for row in ordered if row.content.kind == kind]):
        target = known.get(_uuid(correction.content.body.get("corrects")))
        if correction.content.id in void or target is None or target.content.id in void:
            continue
        if (target.content.code, target.content.organisation) == (
            correction.content.code,
            correction.content.organisation,
        ) and _when(target) < _when(correction):
            void[target.content.id] = correction.content.id
    return [row for row in ordered if row.content.id not in void], void


def _when(row: Row) -> tuple[object, UUID]:
    return row.corrected_at, row.content.id


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        return UUID(int=0)
