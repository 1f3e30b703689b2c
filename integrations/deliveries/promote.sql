-- Let go on what waits behind nothing, among the next $2 messages after number $1: their writers missed the end of the
-- message before them. Gives how many, and where to go on (null: from the beginning).
WITH looked_at AS (
    SELECT id, number, lane FROM delivery
    WHERE behind > $1
    ORDER BY behind
    LIMIT $2
),
promoted AS (
    UPDATE delivery AS n SET state = 'waiting'
    WHERE n.state = 'behind' AND n.id IN (
        SELECT l.id FROM looked_at AS l
        WHERE l.number = (
            SELECT o.number FROM delivery AS o
            WHERE o.lane = l.lane
            ORDER BY o.number
            LIMIT 1
        )
    )
    RETURNING n.id
)
SELECT
    (SELECT count(*) FROM promoted) AS promoted,
    (SELECT CASE WHEN count(*) = $2 THEN max(number) END FROM looked_at) AS following
