-- Finished clocks by group, and open ones counted; percentiles interpolate. `{group}` is a column of our own choosing.
WITH seen AS MATERIALIZED (
    SELECT {group} AS label, stopped_at, calendar_us, working_us, due, verdict
    FROM dossier_clock
    WHERE clock = $1
      AND ($2::timestamptz IS NULL OR started_at >= $2)
      AND ($3::timestamptz IS NULL OR started_at < $3)
      AND ($5::boolean OR EXISTS (
          SELECT FROM visibility
          WHERE visibility.piece = dossier_clock.dossier AND visibility.organisation = ANY ($6::text[])
      ))
)
SELECT
    label,
    count(stopped_at) AS n,
    count(*) FILTER (WHERE verdict IN ('early', 'on_time')) AS on_time,
    count(*) FILTER (WHERE verdict = 'late') AS late,
    count(*) FILTER (WHERE verdict = 'undecided') AS undecided,
    count(stopped_at) FILTER (WHERE verdict IS NULL) AS unjudged,
    count(*) FILTER (WHERE stopped_at IS NULL) AS open,
    count(*) FILTER (WHERE stopped_at IS NULL AND due < $4) AS open_late,
    (avg(calendar_us) / 1e6)::float8 AS calendar_mean,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY calendar_us) / 1e6 AS calendar_p50,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY calendar_us) / 1e6 AS calendar_p90,
    percentile_cont(0.99) WITHIN GROUP (ORDER BY calendar_us) / 1e6 AS calendar_p99,
    (avg(working_us) / 1e6)::float8 AS working_mean,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY working_us) / 1e6 AS working_p50,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY working_us) / 1e6 AS working_p90,
    percentile_cont(0.99) WITHIN GROUP (ORDER BY working_us) / 1e6 AS working_p99
FROM seen
GROUP BY label
ORDER BY label NULLS LAST
