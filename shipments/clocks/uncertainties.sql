SELECT id, uncertainty_ms
FROM ledger
WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3 AND uncertainty_ms > 0
