-- Sums by every cut, day and month of finest cells. A cell that has a length counts twice: in its measure, and in the
-- bucket of its clock's distribution.
WITH cell AS ({cells}),
counted AS (
    SELECT authority, desk, office, procedure, channel, holder, day, measure, 0::smallint AS bucket, n, calendar_ms,
        working_ms
    FROM cell
    UNION ALL
    SELECT authority, desk, office, procedure, channel, holder, day, left(measure, 2) || '.spread', bucket, n, 0, 0
    FROM cell
    WHERE bucket > 0
)
SELECT
    cuts.cut,
    grains.grain,
    grains.period,
    counted.measure,
    cuts.value,
    cuts.second,
    counted.bucket,
    sum(counted.n)::bigint AS n,
    sum(counted.calendar_ms)::bigint AS calendar_ms,
    sum(counted.working_ms)::bigint AS working_ms
FROM counted
CROSS JOIN LATERAL (
    VALUES
        ('all', '', '', true),
        ('authority', authority, '', true),
        ('desk', desk, '', true),
        ('office', office, '', true),
        ('procedure', procedure, '', true),
        ('channel', channel, '', true),
        ('holder', holder, '', holder <> ''),
        ('authority+desk', authority, desk, false),
        ('authority+office', authority, office, false),
        ('authority+procedure', authority, procedure, false),
        ('authority+channel', authority, channel, false),
        ('authority+holder', authority, holder, false),
        ('desk+office', desk, office, false),
        ('desk+procedure', desk, procedure, false),
        ('desk+channel', desk, channel, false),
        ('office+desk', office, desk, false),
        ('office+authority', office, authority, false),
        ('office+procedure', office, procedure, false),
        ('office+channel', office, channel, false)
) AS cuts (cut, value, second, daily)
CROSS JOIN LATERAL (
    VALUES ('month', date_trunc('month', day::timestamp)::date), ('day', day)
) AS grains (grain, period)
WHERE (grains.grain = 'month' OR cuts.daily) AND (holder <> '' OR cuts.cut NOT IN ('holder', 'authority+holder'))
GROUP BY cuts.cut, grains.grain, grains.period, counted.measure, cuts.value, cuts.second, counted.bucket
HAVING sum(counted.n) <> 0 OR sum(counted.calendar_ms) <> 0 OR sum(counted.working_ms) <> 0
