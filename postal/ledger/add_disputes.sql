-- What a disputed content speaks of is linked too, or the links would tell which content came first.
WITH added AS (
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
    RETURNING id, code, content
),
linked AS (
    INSERT INTO ledger_subject (subject, row_id, stream, code)
    SELECT DISTINCT subject, added.id, (added.content -> 'stream')::smallint, added.code
    FROM added, jsonb_array_elements_text(added.content -> 'subjects') AS subject
    ON CONFLICT DO NOTHING
)
SELECT DISTINCT id FROM added
