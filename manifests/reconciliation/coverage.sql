-- Up to when devices have told everything, as known at an instant ($1 devices, $2 as of), and the first sync since an
-- instant ($3) that left nothing missing of its installation. A device is covered until its
-- last sync before the first one that announced a row which had not arrived; a gap of an older installation counts too,
-- since what it hides happened before its sync. A sync is complete if it announced nothing past the first number that
-- is missing; so of a device without gaps one sync is read, however many it has sent.
WITH known AS (
    SELECT device, epoch, received, stated_last, last_contact FROM device_epoch WHERE device = ANY($1::text[])
),
later AS MATERIALIZED (
    SELECT DISTINCT device FROM known WHERE last_contact > $2
),
arrived_later AS (
    SELECT device, epoch, range_agg(int8range(seq, seq + 1)) AS seqs
    FROM (
        SELECT device, epoch, seq
        FROM ledger JOIN later USING (device)
        -- The count is known before: as of now nothing is later, and no partition is opened.
        WHERE seq IS NOT NULL AND received_at > $2 AND (SELECT count(*) FROM later) > 0
        UNION ALL
        SELECT device, epoch, seq
        FROM scan_evidence JOIN later USING (device)
        WHERE seq IS NOT NULL AND received_at > $2 AND (SELECT count(*) FROM later) > 0
    ) AS entry
    GROUP BY device, epoch
),
held AS (
    SELECT
        known.*,
        known.received - COALESCE(arrived_later.seqs, '{}') AS seqs,
        lower('{[1,)}'::int8multirange - (known.received - COALESCE(arrived_later.seqs, '{}'))) AS first_hole
    FROM known
    LEFT JOIN arrived_later USING (device, epoch)
),
gap AS (
    SELECT held.device, min(sync.received_at) AS since
    FROM held
    CROSS JOIN LATERAL (
        SELECT received_at
        FROM device_sync
        WHERE device = held.device AND epoch = held.epoch AND received_at <= $2 AND last_seq >= held.first_hole
        ORDER BY received_at
        LIMIT 1
    ) AS sync
    WHERE held.stated_last >= held.first_hole
    GROUP BY held.device
),
seen AS (
    SELECT held.device, held.epoch, held.seqs, last.received_at AS last_contact, complete.received_at AS complete_at,
        CASE
            WHEN held.last_contact <= $2 THEN held.stated_last
            ELSE (
                SELECT max(last_seq)
                FROM device_sync
                WHERE device = held.device AND epoch = held.epoch AND received_at <= $2
            )
        END AS announced
    FROM held
    LEFT JOIN gap USING (device)
    LEFT JOIN LATERAL (
        SELECT received_at
        FROM device_sync
        WHERE device = held.device AND epoch = held.epoch AND received_at <= $2
        ORDER BY received_at DESC
        LIMIT 1
    ) AS last ON true
    LEFT JOIN LATERAL (
        SELECT received_at
        FROM device_sync
        WHERE device = held.device
        AND epoch = held.epoch
        AND received_at <= LEAST($2, gap.since - interval '1 microsecond')
        AND last_seq < held.first_hole
        ORDER BY received_at DESC
        LIMIT 1
    ) AS complete ON true
)
SELECT
    asked.device,
    max(seen.last_contact) AS last_contact,
    max(seen.complete_at) AS covered_until,
    COALESCE(
        (
            SELECT jsonb_agg(jsonb_build_array(lower(hole), upper(hole) - 1) ORDER BY mine.epoch, hole)
            FROM seen AS mine
            CROSS JOIN LATERAL unnest(int8multirange(int8range(1, mine.announced + 1)) - mine.seqs) AS hole
            WHERE mine.device = asked.device AND mine.announced IS NOT NULL
        ),
        '[]'
    ) AS missing,
    (
        SELECT jsonb_build_object(
            'device', device, 'epoch', epoch, 'last_seq', last_seq, 'received_at', to_jsonb(received_at)
        )
        FROM device_sync
        WHERE device_sync.device = asked.device AND received_at >= $3 AND received_at <= $2 AND whole
        ORDER BY received_at, epoch, last_seq
        LIMIT 1
    ) AS told_by
FROM unnest($1::text[]) AS asked (device)
LEFT JOIN seen USING (device)
GROUP BY asked.device
ORDER BY asked.device
