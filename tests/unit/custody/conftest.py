"""Stories of pieces: rows a minute apart, and their fold."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.custody.rules import Custody, Subject, fold

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RECORDS = ("manifest.", "trip.", "container.")


class Tale:
    """Rows of several codes on one time line, each a minute after the one before."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def row(self, kind: str, party: str, code: str, *, at: float | None = None, **body: object) -> Row:
        """Say that a party did something to a code; `subjects` and `received` are the row's own, the rest is body."""
        number = len(self.rows) + 1
        occurred = START + timedelta(minutes=number if at is None else at)
        subjects = body.pop("subjects", ())
        content = Content(
            id=UUID(int=(7 << 76) | (2 << 62) | number),
            stream=Stream.RECORD if kind.startswith(RECORDS) else Stream.SCAN,
            kind=kind,
            code=code,
            occurred_at=occurred,
            organisation=party,
            device=f"dev-{party}",
            epoch="e",
            body=dict(body),
            subjects=tuple(subjects),  # type: ignore[arg-type]
        )
        row = Row(
            content=content,
            received_at=occurred + timedelta(seconds=1),
            corrected_at=occurred,
            content_hash=content_hash(content),
        )
        self.rows.append(row)
        return row

    def of(self, subject: Subject, *around: Custody) -> Custody:
        """Fold a piece, given what it may be inside of."""
        named = [row for row in self.rows if subject.code in (row.content.code, *row.content.subjects)]
        groups = {row.content.code for row in named if row.content.stream is Stream.RECORD}
        rows = [row for row in self.rows if row.content.code in groups | {subject.code}]
        return fold(subject, rows, containers={one.code: one for one in around})


@pytest.fixture
def tale() -> Tale:
    return Tale()
