-- Only messages that nobody has begun: one that failed runs alone, so that it cannot make others fail twice.
SELECT id, payload
FROM outbox
WHERE topic = $1
    AND live IS NOT NULL
    AND key IS NULL
    AND attempts = 0
    AND lost = 0
    AND running_until IS NULL
    AND available_at <= $2
ORDER BY live
LIMIT $3
FOR UPDATE SKIP LOCKED
