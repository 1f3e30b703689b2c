-- Each id is looked for in its own partition; $2 and $3 bound the ids, so that the others are not even opened.
SELECT entry.*, EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.id = entry.id) AS disputed
FROM unnest($1::uuid[]) AS asked (id)
CROSS JOIN LATERAL (SELECT * FROM ledger WHERE ledger.id = asked.id AND ledger.id BETWEEN $2 AND $3 OFFSET 0) AS entry
