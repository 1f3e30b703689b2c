-- The attempt is counted before the run, so that a message that kills its worker dies in the end. A bell may ring late,
-- twice, or for a message that must wait: whoever hears it begins only what may begin now. (That it is live is asked in
-- words that no index answers, so that it is found by its id.)
UPDATE outbox
SET attempts = attempts + 1, leased_until = $3, running_until = $3
WHERE id = (
    SELECT due.id
    FROM outbox AS due
    WHERE due.id = $1
        AND due.done_at IS NULL
        AND due.dead_at IS NULL
        AND due.available_at <= $2
        AND (due.running_until IS NULL OR due.running_until <= $2)
        -- A suspect is run by a relay alone.
        AND ($4 OR (due.lost = 0 AND due.running_until IS NULL))
        AND (
            due.lane IS NULL
            OR due.live = (
                SELECT oldest.live
                FROM outbox AS oldest
                WHERE oldest.lane = due.lane
                ORDER BY oldest.live
                LIMIT 1
            )
        )
    FOR UPDATE SKIP LOCKED
)
RETURNING id, topic, payload, attempts
