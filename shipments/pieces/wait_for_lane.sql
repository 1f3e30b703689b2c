-- All lanes with counters left are held: waits for one of them. There is no row when none has any left.
SELECT pg_advisory_xact_lock(hashtextextended('serial lane ' || candidate.lane || ' ' || $1, 0))
FROM (
    SELECT one.lane
    FROM generate_series(0, $2::int - 1) AS one (lane)
    WHERE NOT EXISTS (
        SELECT FROM serial_lane AS used WHERE used.prefix = $1 AND used.lane = one.lane AND used.turn >= $3
    )
    LIMIT 1
) AS candidate
