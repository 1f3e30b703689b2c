-- Clocks that ended in [$1, $2): legs of the road in calendar time, the agency's spans in working time.
SELECT
    clock,
    count(*) AS n,
    (percentile_cont(0.5) WITHIN GROUP (ORDER BY measured) / 3.6e9)::float8 AS p50,
    (percentile_cont(0.9) WITHIN GROUP (ORDER BY measured) / 3.6e9)::float8 AS p90
FROM (
    SELECT clock, CASE WHEN clock IN ('C2', 'C3', 'C4') THEN working_us ELSE calendar_us END AS measured
    FROM dossier_clock
    WHERE stopped_at >= $1 AND stopped_at < $2
      AND ($3::boolean OR authority = ANY ($4::text[]) OR desk = ANY ($4::text[]) OR office = ANY ($4::text[]))
) AS ended
GROUP BY clock
ORDER BY clock
