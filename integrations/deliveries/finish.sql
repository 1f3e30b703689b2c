-- Note the ends of tries ($1) at $2; a later try that has begun meanwhile is left as it is. What ended lets the next of
-- its key go on.
WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS g (
        delivery uuid, number integer, state text, due_at timestamptz, outcome text, status integer, code text,
        milliseconds integer)
),
noted AS (
    UPDATE delivery_attempt AS a
    SET ended_at = $2, outcome = g.outcome, status = g.status, code = g.code, milliseconds = g.milliseconds
    FROM given AS g
    WHERE a.delivery = g.delivery AND a.number = g.number AND (a.ended_at IS NULL OR a.outcome = 'unknown')
        AND a.delivery = ANY (ARRAY(SELECT delivery FROM given))
),
moved AS (
    UPDATE delivery AS m
    SET state = g.state, due_at = COALESCE(g.due_at, m.due_at), leased_until = NULL,
        ended_at = CASE WHEN g.state <> 'waiting' THEN $2::timestamptz END,
        why = CASE WHEN g.state <> 'waiting' THEN COALESCE(g.code, g.outcome) END
    FROM given AS g
    WHERE m.id = g.delivery AND m.attempts = g.number AND m.state = 'sending'
    RETURNING m.id, m.destination, m.key, m.state
),
promoted AS (
    UPDATE delivery AS n SET state = 'waiting'
    WHERE n.state = 'behind' AND n.id IN (
        SELECT (
            SELECT b.id FROM delivery AS b
            WHERE b.lane = delivery_lane(e.destination, e.key) AND b.state = 'behind'
            ORDER BY b.number
            LIMIT 1
        )
        FROM moved AS e
        WHERE e.key IS NOT NULL AND e.state <> 'waiting'
    )
)
SELECT id FROM moved
