-- Takes the first lane of a prefix, beginning with an office's own, that nobody holds and that has counters left, until
-- the end of the transaction, without waiting. A lane moves on in each new era (a restored backup does not know what
-- was given out after it), so a fresh one begins as far on as the eras before it may have come.
WITH taken AS MATERIALIZED (
    SELECT candidate.lane
    FROM (
        SELECT (mod(hashtextextended($2, 0), $3::bigint) + $3 + step)::int % $3 AS lane
        FROM generate_series(0, $3::int - 1) AS step
    ) AS candidate
    WHERE NOT EXISTS (
        SELECT FROM serial_lane AS used
        WHERE used.prefix = $1 AND used.lane = candidate.lane AND used.turn >= $4
    )
        AND pg_try_advisory_xact_lock(hashtextextended('serial lane ' || candidate.lane || ' ' || $1, 0))
    LIMIT 1
)
INSERT INTO serial_lane AS known (prefix, lane, era, turn)
SELECT $1, taken.lane, newest.era, newest.passed * $5::int
FROM taken, (SELECT max(era) AS era, (max(era) - min(era)) AS passed FROM feed_era) AS newest
-- Also of a row that was committed since this statement began, and so after the lock on its lane was given up.
ON CONFLICT (prefix, lane) DO UPDATE SET
    turn = known.turn + (excluded.era - known.era) * $5::int,
    era = excluded.era
RETURNING lane, turn
