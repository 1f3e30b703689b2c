-- $2 and $3 bound the ids, so that only their months are read.
SELECT ledger.*, EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.id = ledger.id) AS disputed
FROM ledger
WHERE ledger.id = ANY ($1::uuid[]) AND ledger.id BETWEEN $2 AND $3
