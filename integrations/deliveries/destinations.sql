-- How things stand with destinations: of organisations ($1, null: every one), or the one of id $2; at most $4 after
-- the code and id in $3.
SELECT
    d.*,
    (SELECT count(*) FROM delivery AS m
        WHERE m.destination = d.id AND m.open_since IS NOT NULL) AS waiting,
    (SELECT count(*) FROM delivery AS m WHERE m.destination = d.id AND m.state = 'dead') AS dead,
    (SELECT min(m.open_since) FROM delivery AS m
        WHERE m.destination = d.id AND m.open_since IS NOT NULL) AS oldest_at
FROM delivery_destination AS d
WHERE ($1::text[] IS NULL OR d.organisation = ANY ($1))
    AND ($2::uuid IS NULL OR d.id = $2)
    AND ($3::text[] IS NULL OR (d.code, d.id::text) > ($3[1], $3[2]))
ORDER BY d.code, d.id::text
LIMIT $4
