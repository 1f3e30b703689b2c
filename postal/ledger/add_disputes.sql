INSERT INTO ledger_dispute (
    id, content_hash, code, content, received_at, corrected_at, skew_ms, uncertainty_ms, verdict
)
SELECT id, content_hash, code, content::jsonb, received_at, corrected_at, skew_ms, uncertainty_ms, verdict
FROM unnest(
    $1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
    $8::bigint[], $9::text[]
) AS given (id, content_hash, code, content, received_at, corrected_at, skew_ms, uncertainty_ms, verdict)
ORDER BY id, content_hash
ON CONFLICT DO NOTHING
RETURNING id, content_hash
