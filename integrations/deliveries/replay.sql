-- Send again, from $7 on and behind what waits for their keys, at most $6 ended messages of a destination ($1): these
-- ($2), or those made from $3 to before $4 that stand as in $5. Their ids stay what they are.
WITH chosen AS MATERIALIZED (
    SELECT m.id, m.key, nextval('delivery_number_seq') AS fresh
    FROM (
        SELECT id, key FROM delivery
        WHERE destination = $1 AND state IN ('done', 'skipped', 'dead')
            AND CASE
                WHEN $2::uuid[] IS NOT NULL THEN message = ANY ($2::uuid[])
                ELSE state = ANY ($5::text[]) AND made_at >= COALESCE($3::timestamptz, '-infinity')
                    AND made_at < COALESCE($4::timestamptz, 'infinity')
            END
        ORDER BY number
        LIMIT $6
        FOR UPDATE
    ) AS m
),
arranged AS (
    SELECT c.id, c.fresh, c.key IS NOT NULL AND (
        row_number() OVER (PARTITION BY c.key ORDER BY c.fresh) > 1
        OR EXISTS (
            SELECT FROM delivery AS o
            WHERE o.lane = delivery_lane($1, c.key)
        )
    ) AS behind
    FROM chosen AS c
)
UPDATE delivery AS m
SET state = CASE WHEN a.behind THEN 'behind' ELSE 'waiting' END, number = a.fresh, tried = 0,
    replays = m.replays + 1, since_at = $7, due_at = $7, ended_at = NULL, why = NULL
FROM arranged AS a
WHERE m.id = a.id
RETURNING m.id
