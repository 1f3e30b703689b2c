-- Drop at most $3 ended messages with their tries: those that went before $1, and those given up before $2.
WITH old AS (
    SELECT id FROM delivery
    WHERE ended_at IS NOT NULL AND ended_at < $1 AND (state <> 'dead' OR ended_at < $2)
    ORDER BY ended_at
    LIMIT $3
    FOR UPDATE SKIP LOCKED
),
tries AS (
    DELETE FROM delivery_attempt WHERE delivery IN (SELECT id FROM old)
)
DELETE FROM delivery WHERE id IN (SELECT id FROM old) RETURNING id
