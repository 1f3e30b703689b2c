-- Add changes to the sums; one that comes to nothing leaves no row.
MERGE INTO figure
USING ({sums}) AS changed
ON figure.cut = changed.cut
    AND figure.grain = changed.grain
    AND figure.period = changed.period
    AND figure.measure = changed.measure
    AND figure.value = changed.value
    AND figure.second = changed.second
    AND figure.bucket = changed.bucket
WHEN MATCHED AND figure.n + changed.n = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET
    n = figure.n + changed.n,
    calendar_ms = figure.calendar_ms + changed.calendar_ms,
    working_ms = figure.working_ms + changed.working_ms
WHEN NOT MATCHED THEN INSERT (cut, grain, period, measure, value, second, bucket, n, calendar_ms, working_ms)
VALUES (
    changed.cut, changed.grain, changed.period, changed.measure, changed.value, changed.second, changed.bucket,
    changed.n, changed.calendar_ms, changed.working_ms
)
