-- Clocks of some routes ($1) that ended in a span of time ($2 to before $3), the latest $4 of each clock, route and
-- procedure.
SELECT clock, route, procedure, dossier, started_at, stopped_at, working_us
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY clock, route, procedure ORDER BY stopped_at DESC, dossier, ordinal
        ) AS newest
    FROM dossier_clock
    WHERE route = ANY ($1::text[])
    AND clock IN ('C1', 'C3', 'C6', 'C7')
    AND stopped_at >= $2::timestamptz
    AND stopped_at < $3::timestamptz
) AS ended
WHERE newest <= $4::integer
