-- Note a sync of a device: what it stated, and which sequence numbers have arrived; give the ranges still missing.
WITH stated AS (
    INSERT INTO device_sync (device, epoch, received_at, sent_at, last_seq, skew_ms)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING
),
kept AS (
    INSERT INTO device_epoch AS old (device, epoch, received, stated_last, last_contact)
    VALUES (
        $1, $2,
        COALESCE((SELECT range_agg(int8range(seq, seq + 1)) FROM unnest($7::bigint[]) AS seq), '{}'::int8multirange),
        $5, $3
    )
    ON CONFLICT (device, epoch) DO UPDATE SET
        received = old.received + EXCLUDED.received,
        stated_last = GREATEST(old.stated_last, EXCLUDED.stated_last),
        last_contact = GREATEST(old.last_contact, EXCLUDED.last_contact)
    RETURNING received, GREATEST(stated_last, COALESCE(upper(received) - 1, 0)) AS last
)
SELECT lower(hole) AS first, upper(hole) - 1 AS last
FROM kept, unnest(int8multirange(int8range(1, kept.last + 1)) - kept.received) AS hole
ORDER BY 1
