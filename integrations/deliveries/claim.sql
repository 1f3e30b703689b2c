-- Lease until $3 what is due at $1 and what was leased and never ended (machine time $2), of kinds $6; at most $5 in
-- all, and of each destination what its circuit leaves room for, $4 for each call that it takes at once. So whatever
-- waits for one destination, another gets its share. A try is counted before it is made; one without an end may have
-- arrived, which its row says from then on. Claims come one at a time (an advisory lock), so the rooms are right.
-- The first of a key is asked for in order and by its lane, and the tries by an array, so that statistics that lag
-- behind a table which grew fast let nobody read all of it for each message.
WITH room AS (
    SELECT d.id, d.kind, d.at_once,
        CASE
            WHEN d.open_until IS NOT NULL OR d.failures > 0 THEN 1
            ELSE d.at_once * $4::int
        END - (
            SELECT count(*)::int FROM delivery AS s
            WHERE s.destination = d.id AND s.state = 'sending' AND s.leased_until >= $2
        ) AS free
    FROM delivery_destination AS d
    WHERE d.state = 'active' AND d.kind = ANY ($6::text[]) AND (d.open_until IS NULL OR d.open_until <= $1)
),
due AS (
    SELECT c.id, r.kind, r.at_once
    FROM room AS r
    CROSS JOIN LATERAL (
        SELECT m.id, m.due_at, row_number() OVER (ORDER BY m.due_at, m.number) AS place
        FROM (
            (
                SELECT e.id, e.due_at, e.number
                FROM delivery AS e
                WHERE e.destination = r.id AND e.state = 'sending' AND e.leased_until < $2
                ORDER BY e.leased_until
                LIMIT GREATEST(r.free, 0)
            )
            UNION ALL
            (
                SELECT w.id, w.due_at, w.number
                FROM delivery AS w
                WHERE w.queue = r.id AND w.due_at <= $1
                    AND (w.key IS NULL OR w.number = (
                        SELECT o.number FROM delivery AS o
                        WHERE o.lane = w.lane
                        ORDER BY o.number
                        LIMIT 1
                    ))
                ORDER BY w.due_at, w.number
                LIMIT GREATEST(r.free, 0)
            )
        ) AS m
        ORDER BY place
        LIMIT GREATEST(r.free, 0)
    ) AS c
    ORDER BY c.place, c.due_at, c.id
    LIMIT $5
),
unknown AS (
    UPDATE delivery_attempt SET outcome = 'unknown', ended_at = $1
    WHERE ended_at IS NULL AND delivery = ANY (ARRAY(SELECT id FROM due))
),
claimed AS (
    UPDATE delivery AS m
    SET state = 'sending', attempts = m.attempts + 1, tried = m.tried + 1, leased_until = $3
    FROM due
    WHERE m.id = due.id AND m.state IN ('waiting', 'sending')
    RETURNING m.*, due.kind, due.at_once
),
begun AS (
    INSERT INTO delivery_attempt (delivery, number, began_at)
    SELECT id, attempts, $1 FROM claimed
)
SELECT id, destination, message, kind, at_once, topic, subject, key, payload, attempts, tried, made_at
FROM claimed
ORDER BY number
