"""Sums as if so many dossiers had been counted, for measuring: how large the sums are does not depend on them much."""

from datetime import date

from postal.db import execute, fetch_value, unit_of_work

LAST_MONTH = date(2026, 11, 1)
AUTHORITIES, DESKS, OFFICES, PROCEDURES = 20, 100, 100, 50
# Each cut has so many first values with so many second values each, over which dossiers are spread evenly.
GENERATE = """
WITH cuts (cut, firsts, seconds) AS (
    VALUES
        ('all', 1, 1), ('authority', $3::integer, 1), ('desk', $4::integer, 1), ('office', $5::integer, 1),
        ('procedure', $6::integer, 1), ('channel', 3, 1), ('holder', $4, 1), ('authority+channel', $3, 3),
        ('desk+channel', $4, 3), ('office+channel', $5, 3)
),
places AS (
    SELECT cut,
        CASE cut WHEN 'all' THEN '' WHEN 'channel' THEN (ARRAY['direct', 'online', 'post'])[first]
            ELSE format('%s-%s', upper(split_part(cut, '+', 1)), first) END AS value,
        CASE WHEN cut NOT LIKE '%+%' THEN '' WHEN cut LIKE '%+channel'
            THEN (ARRAY['direct', 'online', 'post'])[second]
            ELSE format('%s-%s', upper(split_part(cut, '+', 2)), first * seconds + second) END AS second,
        $1::float8 / $2::integer / firsts / seconds AS dossiers
    FROM cuts, generate_series(1, firsts) AS first, generate_series(1, seconds) AS second
),
measures (measure, share, hours, bucket) AS (
    SELECT measure, share, 0, 0 FROM unnest($7::text[], $8::float8[]) AS counted (measure, share)
    UNION ALL
    SELECT format('C%s.%s', clock, verdict), share, 20 * clock, 0
    FROM generate_series(1, 7) AS clock, (VALUES ('early', 0.5), ('on_time', 0.3), ('late', 0.1)) AS v (verdict, share)
    UNION ALL
    SELECT format('C%s.spread', clock), 0.9 / 12, 0, 60 + 8 * clock + step
    FROM generate_series(1, 7) AS clock, generate_series(1, 12) AS step
),
counted AS (
    SELECT places.cut, ($9::date - make_interval(months => month))::date AS period, measures.measure, places.value,
        places.second, measures.bucket::smallint AS bucket, measures.hours,
        floor(
            places.dossiers * measures.share
            + (hashtextextended(
                concat(places.cut, places.value, places.second, measures.measure, measures.bucket, month), 0
            ) & 1023) / 1024.0
        )::bigint AS n
    FROM places, measures, generate_series(0, $2 - 1) AS month
    WHERE bucket = 0 OR cut NOT LIKE '%+%'
)
INSERT INTO figure (cut, grain, period, measure, value, second, bucket, n, calendar_ms, working_ms)
SELECT cut, 'month', period, measure, value, second, bucket, n, n * hours * 3600000, n * hours * 900000
FROM counted
WHERE n > 0
"""


async def generate(dossiers: int, *, months: int = 13) -> int:
    """Fill the sums that an inspector's page reads as if `dossiers` had been counted over months; gives the rows.

    The network has a fixed size, as a country's has: more dossiers make sums larger, and fill more of the cells.

    Needs the owner's connection: it vacuums, so that reading needs the index alone.
    """
    measures = dict.fromkeys(("registered", "received", "past_due", "promised", "taken"), 1.0)
    measures |= {
        "completed": 0.85,
        "returned": 0.05,
        "past_due_done": 0.9,
        "supplemented": 0.1,
        "digitised": 0.4,
    }
    async with unit_of_work():
        await execute("SET LOCAL statement_timeout = 0")
        await execute("DELETE FROM figure")
        await execute(
            GENERATE,
            dossiers,
            months,
            AUTHORITIES,
            DESKS,
            OFFICES,
            PROCEDURES,
            list(measures),
            list(measures.values()),
            LAST_MONTH,
        )
    # A reader of the index alone needs pages that are known to be visible, as the server's own vacuum sees to.
    await execute("VACUUM ANALYZE figure")
    return int(await fetch_value("SELECT count(*) FROM figure"))
