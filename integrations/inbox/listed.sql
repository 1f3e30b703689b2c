-- Messages with their partners' codes, newest first: of organisations ($1, all if null), of one partner ($2), in a state
-- ($3), received before another one ($4), from an instant ($5) to before another ($6); at most $7. Without
-- their rows, and with few of their subjects: those may be many.
SELECT
    p.code AS partner_code, m.id, m.seq, m.partner, m.message_id, m.kind, m.content_type, m.headers, m.sign, m.size,
    m.received_at, m.keep_until, m.state, m.code, m.message, '[]'::jsonb AS results, m.subjects[1:20] AS subjects,
    m.tries, m.unended, m.due_at, m.early_until, m.understood_at, m.erased_at
FROM inbox_message AS m
JOIN partner AS p ON p.id = m.partner
WHERE ($1::text[] IS NULL OR p.organisation = ANY($1))
    AND ($2::text IS NULL OR p.code = $2)
    AND ($3::text IS NULL OR m.state = $3)
    AND ($4::bigint IS NULL OR m.seq < $4)
    AND ($5::timestamptz IS NULL OR m.received_at >= $5)
    AND ($6::timestamptz IS NULL OR m.received_at < $6)
ORDER BY m.seq DESC
LIMIT $7
