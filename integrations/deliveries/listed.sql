-- Messages with their tries, newest first: of a destination ($1) or of all that belong to organisations ($2, null:
-- every one), that stand as in $3 (null: anyhow), before number $4; at most $5; or the one of id $6.
SELECT
    m.id, m.message, m.destination, d.code AS destination_code, d.kind, m.topic, m.subject, m.state, m.number,
    m.made_at, m.due_at, m.ended_at, m.replays, m.why,
    (
        SELECT COALESCE(jsonb_agg(jsonb_build_object('number', a.number, 'began_at', a.began_at,
            'ended_at', a.ended_at, 'outcome', a.outcome, 'status', a.status, 'code', a.code,
            'milliseconds', a.milliseconds) ORDER BY a.number), '[]')
        FROM delivery_attempt AS a
        WHERE a.delivery = m.id
    ) AS attempts
FROM delivery AS m
JOIN delivery_destination AS d ON d.id = m.destination
WHERE ($1::uuid IS NULL OR m.destination = $1)
    AND ($2::text[] IS NULL OR d.organisation = ANY ($2))
    AND ($3::text[] IS NULL OR m.state = ANY ($3))
    AND ($4::bigint IS NULL OR m.number < $4)
    AND ($6::uuid IS NULL OR m.id = $6)
ORDER BY m.number DESC
LIMIT $5
