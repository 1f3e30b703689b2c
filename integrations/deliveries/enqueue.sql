-- Keep messages ($2) for a destination ($1) from $3 on, each once. One whose key has an unended message waits behind
-- it; where two writers miss each other's, `promote.sql` and the claim see to the order.
INSERT INTO delivery (
    id, destination, message, topic, subject, key, payload, state, attempts, tried, replays, made_at, since_at, due_at)
SELECT
    g.delivery, d.id, g.id, g.topic, g.subject, g.key, g.payload,
    CASE
        WHEN g.key IS NOT NULL AND (
            row_number() OVER (PARTITION BY g.key ORDER BY g.place) > 1
            OR (
                SELECT o.number FROM delivery AS o
                WHERE o.lane = delivery_lane(d.id, g.key)
                ORDER BY o.number
                LIMIT 1
            ) IS NOT NULL
        ) THEN 'behind'
        ELSE 'waiting'
    END,
    0, 0, 0, $3, $3, $3
FROM jsonb_to_recordset($2::jsonb) AS g (
    place integer, delivery uuid, id uuid, topic text, subject text, key text, payload jsonb)
JOIN delivery_destination AS d ON d.id = $1 AND d.state <> 'gone'
ORDER BY g.place
ON CONFLICT (id) DO NOTHING
RETURNING id
