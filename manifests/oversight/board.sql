-- Cases of the board ($1 sees everything, $2 the actor's organisations, $3 the organisation that answers, $4 class,
-- $5 who works on it, $6 now, $7 since when settled ones are shown, $8 one column or all, $9 and $10 rank and id of the
-- last one shown, $11 how many of a column), each with how many there are in its column. Open cases come by their deadline,
-- settled ones the last first.
WITH placed AS (
    SELECT
        discrepancy.*,
        CASE
            WHEN discrepancy.state = 'resolved' THEN 'resolved'
            WHEN discrepancy.deadline < $6 THEN 'overdue'
            WHEN discrepancy.reason = 'waiting_limit_over' THEN 'awaiting'
            WHEN discrepancy.assignee IS NOT NULL THEN 'assigned'
            ELSE 'new'
        END AS place,
        CASE
            WHEN discrepancy.state = 'resolved' THEN -extract(epoch FROM discrepancy.resolved_at)
            ELSE extract(epoch FROM discrepancy.deadline)
        END::float8 AS rank
    FROM discrepancy
    JOIN manifest ON manifest.code = discrepancy.manifest
    WHERE (
        $1
        OR discrepancy.owner = ANY($2::text[])
        OR manifest.giver = ANY($2::text[])
        OR manifest.receiver = ANY($2::text[])
        OR manifest.carrier = ANY($2::text[])
    )
    AND (discrepancy.state = 'open' OR (discrepancy.state = 'resolved' AND discrepancy.resolved_at >= $7))
    AND ($3::text IS NULL OR discrepancy.owner = $3)
    AND ($4::text IS NULL OR discrepancy.line_class = $4)
    AND ($5::text IS NULL OR discrepancy.assignee = $5)
),
counted AS (
    SELECT *, count(*) OVER (PARTITION BY place) AS together
    FROM placed
    WHERE $8::text IS NULL OR place = $8
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY place ORDER BY rank, id) AS turn
    FROM counted
    WHERE $9::float8 IS NULL OR (rank, id) > ($9, $10::uuid)
)
SELECT *
FROM numbered
WHERE turn <= $11
ORDER BY place, turn
