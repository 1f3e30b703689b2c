-- Give up, at $2 and for the reason $3, at most $5 messages of a destination ($1) that wait since before $4.
WITH chosen AS (
    SELECT id FROM delivery
    WHERE destination = $1 AND state IN ('waiting', 'behind') AND open_since < $4
    ORDER BY open_since, number
    LIMIT $5
    FOR UPDATE
)
UPDATE delivery AS m SET state = 'dead', ended_at = $2, why = $3
FROM chosen AS c, delivery_destination AS d
WHERE m.id = c.id AND d.id = m.destination
RETURNING m.id, m.destination, m.message, d.kind, d.at_once, m.topic, m.subject, m.key, m.payload, m.attempts, m.tried,
    m.made_at
