-- Each id is looked for in its own partition. The parameter is hidden in a SELECT, as in rows_of.
SELECT entry.*, EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.id = entry.id) AS disputed
FROM unnest((SELECT $1::uuid[])) AS asked (id)
CROSS JOIN LATERAL (SELECT * FROM ledger WHERE ledger.id = asked.id OFFSET 0) AS entry
