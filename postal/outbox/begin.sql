-- The attempt is counted before the run, so that a message that kills its worker dies in the end.
UPDATE outbox
SET attempts = attempts + 1, leased_until = $2
WHERE id = (
    SELECT id
    FROM outbox
    WHERE id = $1 AND done_at IS NULL AND dead_at IS NULL
    FOR UPDATE SKIP LOCKED
)
RETURNING id, topic, payload, attempts
