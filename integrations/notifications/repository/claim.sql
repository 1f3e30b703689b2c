-- Lease what is due at $1, and what was leased and never ended (machine time $2), until $3; at most $4. A try is
-- counted before it is made. One without an end may have arrived: that is what its row says from then on.
WITH due AS (
    SELECT n.id
    FROM notification_notice AS n
    JOIN notification_subscription AS s ON s.id = n.subscription
    WHERE n.state IN ('waiting', 'sending') AND n.due_at <= $1
        AND (n.state = 'waiting' OR n.leased_until < $2)
        AND (s.state = 'active' OR (s.state = 'pending' AND n.kind = 'confirm'))
    ORDER BY n.due_at, n.id
    LIMIT $4
    FOR UPDATE OF n SKIP LOCKED
),
unknown AS (
    UPDATE notification_attempt SET outcome = 'unknown', ended_at = $1
    WHERE outcome IS NULL AND notice IN (SELECT id FROM due)
),
claimed AS (
    UPDATE notification_notice AS n
    SET state = 'sending', attempts = n.attempts + 1, leased_until = $3
    FROM due
    WHERE n.id = due.id
    RETURNING n.*
),
begun AS (
    INSERT INTO notification_attempt (notice, number, began_at)
    SELECT id, attempts, $1 FROM claimed
)
SELECT
    c.id, c.subscription, c.fact, c.kind, c.facts, c.at, c.made_at, c.due_at, c.attempts, a.sealed,
    s.id AS s_id, s.dossier AS s_dossier, s.channel AS s_channel, s.language AS s_language, s.state AS s_state,
    s.made_at AS s_made_at, s.confirmed_at AS s_confirmed_at, s.ended_at AS s_ended_at, s.ended_why AS s_ended_why
FROM claimed AS c
JOIN notification_subscription AS s ON s.id = c.subscription
LEFT JOIN notification_address AS a ON a.subscription = s.id
ORDER BY c.due_at, c.id
