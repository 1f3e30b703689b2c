"""The export in the national portal's fields, against a bare COPY of the same rows."""

from datetime import datetime
from time import perf_counter

import asyncpg

from integrations.portal.service import reading
from tests.benchmarks.dossiers import _grown
from tests.benchmarks.measuring import Figure, Size, compared
from tests.benchmarks.stage import Stage

PEOPLE = """
INSERT INTO applicant (
    dossier, name, phone, address, email, identity_type, identity_number, salt, created_at, desk, authority
)
SELECT code, 'Nguyễn Thị Hằng', '0912345678', '12 Lê Lợi, Huế', 'hang@example.vn', 'cccd', '046090001234',
    sha256('salt'), registered_at, desk, authority
FROM dossier WHERE code = ANY ($1::text[])
"""
PAPERS = """
INSERT INTO document_line (dossier, number, name, form, copies, sheets, to_return)
SELECT code, number, 'Thành phần hồ sơ số ' || number, 'copy', 1, 2, false
FROM unnest($1::text[]) AS code, generate_series(1, 3) AS number
"""
ROWS = {
    "dossier": "SELECT * FROM dossier WHERE registered_at >= $1 AND registered_at < $2",
    "applicant": "SELECT a.* FROM applicant AS a JOIN dossier AS d ON d.code = a.dossier "
    "WHERE d.registered_at >= $1 AND d.registered_at < $2",
    "document_line": "SELECT l.* FROM document_line AS l JOIN dossier AS d ON d.code = l.dossier "
    "WHERE d.registered_at >= $1 AND d.registered_at < $2",
}
ROWS_OF_DOSSIER = 5


async def portal(stage: Stage, size: Size) -> Figure:
    """Write dossiers with their applicants and papers in the portal's fields."""
    begin, end, codes = await _grown(stage, size.exported)
    await _filled(stage, codes)
    bare = await asyncpg.connect(stage.dsn, command_timeout=None)
    try:

        async def ours() -> float:
            begun, rows = perf_counter(), 0
            async for piece in reading.exported(begin, end, array=False):
                rows += piece.count(b"\n")
            took = perf_counter() - begun
            if rows != size.exported:
                raise RuntimeError(f"{rows} of {size.exported} dossiers")
            return took * 1000

        async def raw() -> float:
            return await _copied(bare, begin, end, size.exported * ROWS_OF_DOSSIER)

        name = f"portal's fields of {size.exported:,} dossiers against a bare COPY of their rows"
        figure = await compared(name, "ms", ours, raw, rounds=min(size.rounds, 5), reach=1 / 3)
    finally:
        await bare.close()
    figure.more["dossiers_per_second"] = round(size.exported / figure.ours * 1000)
    return figure


async def _copied(bare: asyncpg.Connection, begin: datetime, end: datetime, wanted: int) -> float:
    lines = 0

    async def take(data: bytes) -> None:
        nonlocal lines
        lines += data.count(b"\n")

    begun = perf_counter()
    for statement in ROWS.values():
        await bare.copy_from_query(statement, begin, end, output=take)
    took = perf_counter() - begun
    if lines != wanted:
        raise RuntimeError(f"{lines} lines of {wanted}")
    return took * 1000


async def _filled(stage: Stage, codes: list[str]) -> None:
    owner = await asyncpg.connect(stage.server.owner_dsn, command_timeout=None)
    try:
        await owner.execute(PEOPLE, codes)
        await owner.execute(PAPERS, codes)
        await owner.execute("ANALYZE applicant, document_line")
    finally:
        await owner.close()
