-- Rows of the ledger about these dossiers that came in after a report was frozen, though they tell of its period.
, late_rows AS (
    SELECT ledger.id, ledger.code, ledger.kind, ledger.organisation, ledger.occurred_at, ledger.received_at
    FROM counted
    JOIN ledger ON ledger.code = counted.code
    WHERE ledger.received_at > {as_of} AND ledger.occurred_at < $2
)
SELECT late_rows.*, count(*) OVER () AS total
FROM late_rows
ORDER BY received_at, id
LIMIT {limit}
