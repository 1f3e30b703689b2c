"""Files of agencies: good rows come in, bad ones are named, and repeating changes nothing."""

import pytest

from integrations.imports.rules import State
from postal.db import fetch, fetch_value
from tests.factories.dossiers import parties
from tests.factories.importing import (
    brought,
    code_of,
    counts,
    csv_file,
    dossier_row,
    errors,
    xlsx_file,
)


@pytest.fixture
async def bring(settings, clock):
    await parties()

    async def bring(data, **different):
        return await brought(data, settings=settings, now=clock.instant, **different)

    return bring


async def count(table: str) -> int:
    return await fetch_value(f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize("write", [csv_file, xlsx_file])
async def test_good_rows_come_in_bad_ones_are_named_and_repeating_changes_nothing(bring, write):
    rows = [dossier_row(number) for number in range(1, 301)]
    rows[10]["Mã thủ tục"] = "9.999999"
    rows[20]["Ngày đăng ký"] = "11/20/2026 08:30"
    rows[30]["Mã hồ sơ"] = None
    rows[40]["Mã hồ sơ"] = code_of(1)
    trial = await bring(write(rows), dry_run=True)
    assert (trial.state, counts(trial)) == (
        State.DONE,
        {"new": 296, "unchanged": 0, "changed": 1, "refused": 3},
    )
    assert await count("dossier") == 0
    job = await bring(write(rows))
    assert counts(job) == counts(trial)
    assert await errors(job) == await errors(trial)
    assert await errors(job) == [
        (12, "dossier.procedure_unknown", "Mã thủ tục"),
        (22, "cell.date_other_order", "Ngày đăng ký"),
        (32, "cell.missing", "Mã hồ sơ"),
        (42, "import.known_otherwise", None),
    ]
    assert await count("dossier") == 296
    ledger = await fetch("SELECT ledger::text FROM ledger ORDER BY id")
    again = await bring(write(rows))
    assert counts(again) == {"new": 0, "unchanged": 296, "changed": 1, "refused": 3}
    assert await fetch("SELECT ledger::text FROM ledger ORDER BY id") == ledger
