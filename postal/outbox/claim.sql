UPDATE outbox AS claimed
SET
    leased_until = $2,
    running_until = NULL,
    lost = claimed.lost + chosen.unended::int
FROM (
    SELECT
        due.id,
        due.leased_until IS NOT NULL AS overdue,
        due.running_until IS NOT NULL AS unended
    FROM outbox AS due
    WHERE due.live IS NOT NULL
        AND due.available_at <= $1
        AND (due.leased_until IS NULL OR due.leased_until <= $1)
        -- Messages of one key run in their order: a newer one waits for the older.
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
    ORDER BY due.live
    LIMIT $3
    FOR UPDATE SKIP LOCKED
) AS chosen
WHERE claimed.id = chosen.id
RETURNING claimed.id, claimed.position, claimed.attempts, claimed.lost, chosen.overdue, chosen.unended
