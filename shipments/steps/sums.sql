-- Sums of the steps of cases that ended in a period, what took longest first. The rows of the whole country are empty
-- in authority, desk and unit; whoever reads everything and asks for no authority reads these alone.
WITH cell AS (
    SELECT procedure, version, number, name, party, bucket, sum(n)::bigint AS n, sum(waiting_us)::bigint AS waiting_us,
        sum(worked_us)::bigint AS worked_us, sum(exceeded)::bigint AS exceeded, sum(unseen)::bigint AS unseen
    FROM step_sum
    WHERE month >= $3 AND month < $4
        AND CASE
            WHEN $1::boolean THEN authority = coalesce($6::text, '')
            ELSE authority <> '' AND (authority = ANY ($2::text[]) OR desk = ANY ($2) OR unit = ANY ($2))
                AND ($6 IS NULL OR authority = $6)
        END
        AND ($5::text IS NULL OR procedure = $5)
    GROUP BY procedure, version, number, name, party, bucket
),
kinds AS (
    SELECT procedure, version, number, name, party, sum(n)::bigint AS n, sum(waiting_us)::bigint AS waiting_us,
        sum(worked_us)::bigint AS worked_us, sum(exceeded)::bigint AS exceeded, sum(unseen)::bigint AS unseen,
        jsonb_object_agg(bucket::text, n)::text AS spread
    FROM cell
    WHERE number >= 0
    GROUP BY procedure, version, number, name, party
),
longest AS (
    SELECT * FROM kinds ORDER BY waiting_us + worked_us DESC, procedure, version, number, name, party LIMIT $7
)
SELECT
    (SELECT coalesce(sum(n), 0)::bigint FROM cell WHERE number = -1) AS cases,
    (SELECT count(*) FROM kinds) AS groups,
    longest.*
FROM (VALUES (1)) AS one
LEFT JOIN longest ON true
ORDER BY waiting_us + worked_us DESC, procedure, version, number, name, party
