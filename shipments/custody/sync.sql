-- Note syncs of devices: what each stated, and which sequence numbers have arrived; give the ranges still missing.
-- A place for each sync, and no epoch of a device twice. $7 the arrived numbers as a multirange.
WITH given AS (
    SELECT device, epoch, received_at, sent_at, last_seq, skew_ms, arrived::int8multirange AS arrived
    FROM unnest(
        $1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::text[]
    ) AS t (device, epoch, received_at, sent_at, last_seq, skew_ms, arrived)
    ORDER BY device, epoch
),
kept AS (
    INSERT INTO device_epoch AS old (device, epoch, received, stated_last, last_contact)
    SELECT device, epoch, arrived, last_seq, received_at FROM given
    ON CONFLICT (device, epoch) DO UPDATE SET
        received = old.received + EXCLUDED.received,
        stated_last = GREATEST(old.stated_last, EXCLUDED.stated_last),
        last_contact = GREATEST(old.last_contact, EXCLUDED.last_contact)
    RETURNING device, epoch, received, GREATEST(stated_last, COALESCE(upper(received) - 1, 0)) AS last
),
stated AS (
    INSERT INTO device_sync (device, epoch, received_at, sent_at, last_seq, skew_ms, whole)
    SELECT device, epoch, received_at, sent_at, last_seq, skew_ms, kept.received @> int8range(1, kept.last + 1)
    FROM given
    JOIN kept USING (device, epoch)
    ORDER BY device, epoch
    ON CONFLICT DO NOTHING
)
SELECT kept.device, kept.epoch, lower(hole) AS first, upper(hole) - 1 AS last
FROM kept, unnest(int8multirange(int8range(1, kept.last + 1)) - kept.received) AS hole
ORDER BY 1, 2, 3
