-- Two serials are one digit apart when they are alike but for one place: then they share a line. Whoever holds the lines
-- of a serial until his commit knows that no other transaction of the office and day is choosing next to it. Nobody
-- waits: a serial whose lines are not all free is left out. The shared lock is for the release before, which holds the
-- whole day alone.
WITH day AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(hashtextextended('serials ' || $2::text || ' ' || $3::date, 0))
)
SELECT wanted.serial
FROM day, unnest($1::integer[]) AS wanted (serial)
WHERE (
    SELECT bool_and(
        pg_try_advisory_xact_lock(
            hashtextextended(
                'serial line ' || $2::text || ' ' || $3::date || ' ' || place.unit || ' '
                || wanted.serial - (wanted.serial / place.unit % 10) * place.unit,
                0
            )
        )
    )
    FROM unnest('{1,10,100,1000,10000,100000,1000000,10000000}'::integer[]) AS place (unit)
)
