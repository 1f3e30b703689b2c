-- Insert what is not there yet, with its links, in the order of ids (two batches in opposite order must not deadlock).
-- $21 codes of the batch: what else their records speak of comes back, read after the locks were taken.
WITH inserted AS (
    INSERT INTO ledger (
        id, occurred_at, received_at, corrected_at, skew_ms, uncertainty_ms, seq, stream, hash_version, kind, code,
        verdict, content_hash, organisation, person, device, epoch, source, body, subjects
    )
    SELECT
        id, occurred_at, received_at, corrected_at, skew_ms, uncertainty_ms, seq, stream, hash_version, kind, code,
        verdict, content_hash, organisation, person, device, epoch, source, body::jsonb,
        (SELECT array_agg(value ORDER BY place)
         FROM jsonb_array_elements_text(listed::jsonb) WITH ORDINALITY AS element (value, place))
    FROM unnest(
        $1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::smallint[], $9::smallint[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::text[], $15::text[],
        $16::text[], $17::text[], $18::text[], $19::text[], $20::text[]
    ) AS given (
        id, occurred_at, received_at, corrected_at, skew_ms, uncertainty_ms, seq, stream, hash_version, kind, code,
        verdict, content_hash, organisation, person, device, epoch, source, body, listed
    )
    ON CONFLICT (id) DO NOTHING
    RETURNING id, stream, code, subjects
),
linked AS (
    INSERT INTO ledger_subject (subject, row_id, stream, code)
    SELECT DISTINCT subject, inserted.id, inserted.stream, inserted.code
    FROM inserted, unnest(inserted.subjects) AS subject
    ON CONFLICT DO NOTHING
)
SELECT
    (SELECT array_agg(id) FROM inserted) AS ids,
    (SELECT array_agg(DISTINCT subject) FROM ledger_subject WHERE code = ANY ($21::text[]) AND stream = 3) AS subjects
