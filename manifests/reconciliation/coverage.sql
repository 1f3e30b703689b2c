-- Up to when devices have told everything, as known at an instant ($1 devices, $2 as of). A device is covered until its
-- last sync before the first one that announced a row which had not arrived; a gap of an older installation counts too,
-- since what it hides happened before its sync.
WITH later AS (
    SELECT DISTINCT device FROM device_sync WHERE device = ANY($1::text[]) AND received_at > $2
),
arrived_later AS (
    SELECT device, epoch, range_agg(int8range(seq, seq + 1)) AS seqs
    FROM (
        SELECT device, epoch, seq
        FROM ledger JOIN later USING (device)
        WHERE seq IS NOT NULL AND received_at > $2
        UNION ALL
        SELECT device, epoch, seq
        FROM scan_evidence JOIN later USING (device)
        WHERE seq IS NOT NULL AND received_at > $2
    ) AS entry
    GROUP BY device, epoch
),
held AS (
    SELECT known.device, known.epoch, known.received - COALESCE(arrived_later.seqs, '{}') AS seqs
    FROM device_epoch AS known
    LEFT JOIN arrived_later USING (device, epoch)
    WHERE known.device = ANY($1::text[])
),
sync AS (
    SELECT
        stated.device,
        stated.epoch,
        stated.last_seq,
        stated.received_at,
        stated.sent_at - stated.skew_ms * interval '1 millisecond' AS stated_at,
        int8multirange(int8range(1, stated.last_seq + 1)) <@ COALESCE(held.seqs, '{}') AS complete
    FROM device_sync AS stated
    LEFT JOIN held USING (device, epoch)
    WHERE stated.device = ANY($1::text[]) AND stated.received_at <= $2
),
contact AS (
    SELECT device, max(received_at) AS last_contact, min(stated_at) FILTER (WHERE NOT complete) AS first_gap
    FROM sync
    GROUP BY device
),
announced AS (
    SELECT device, epoch, max(last_seq) AS last_seq FROM sync GROUP BY device, epoch
)
SELECT
    asked.device,
    contact.last_contact,
    (
        SELECT max(sync.stated_at)
        FROM sync
        WHERE sync.device = asked.device
        AND sync.complete
        AND (contact.first_gap IS NULL OR sync.stated_at < contact.first_gap)
    ) AS covered_until,
    COALESCE(
        (
            SELECT jsonb_agg(jsonb_build_array(lower(hole), upper(hole) - 1) ORDER BY announced.epoch, hole)
            FROM announced
            LEFT JOIN held USING (device, epoch)
            CROSS JOIN LATERAL unnest(
                int8multirange(int8range(1, announced.last_seq + 1)) - COALESCE(held.seqs, '{}')
            ) AS hole
            WHERE announced.device = asked.device
        ),
        '[]'
    ) AS missing
FROM unnest($1::text[]) AS asked (device)
LEFT JOIN contact USING (device)
ORDER BY asked.device
