"""Fold accounts and remittances from the ledger and store the result: the projector of money."""

from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet
from postal.ledger.rules import Row
from shipments.fees import repository
from shipments.fees.rules import fold_account, fold_remittance, is_account, is_remittance


async def project(touched: Touched) -> None:
    """Bring the accounts and remittances among these codes up to their rows; a scan says nothing about money."""
    accounts = sorted(code for code in touched.told if is_account(code))
    remittances = sorted(code for code in touched.told if is_remittance(code))
    if not accounts and not remittances:
        return
    sets = await touched.rows([*accounts, *remittances])
    await repository.put_accounts([fold_account(code, undisputed(sets[code])) for code in accounts])
    folded = [
        fold_remittance([row for row in undisputed(sets[code]) if row.content.code == code])
        for code in remittances
    ]
    await repository.put_remittances([each for each in folded if each is not None], remittances)


def undisputed(row_set: RowSet) -> tuple[Row, ...]:
    """Leave out rows whose id stands for two contents: neither counts until a correction settles it."""
    return tuple(row for row in row_set.rows if len(row_set.disputed.get(row.content.id, ())) < 2)
