-- What each line of a sealed manifest comes to, for the lines about which nothing odd was said ($1 manifest, $2 giver,
-- $3 carrier, $4 receiver, $5 sealed at, $6 as of). `odd` marks those that take the rule itself, with every row: more
-- than sightings by the two sides, corrections, disputes, damages, rival claims, or a bag that the piece was in at the
-- handover. To call a line odd is always right, only slower.
SELECT
    line.piece,
    line.n,
    COALESCE(held.bound_for, home.destination) AS destination,
    later.until,
    held.claims,
    told.given,
    told.taken,
    told.given_by,
    told.taken_by,
    told.first_arrival,
    told.last_arrival,
    told.carriers,
    COALESCE(told.odd OR told.last_packing = 'pack', false)
    OR COALESCE(cardinality(held.claims) > 1, false)
    OR EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.code = line.piece) AS odd
FROM manifest_line AS line
LEFT JOIN LATERAL (SELECT destination FROM piece WHERE piece.code = line.piece OFFSET 0) AS home ON true
LEFT JOIN LATERAL (
    SELECT claims, instruction ->> 'destination' AS bound_for FROM custody WHERE custody.code = line.piece OFFSET 0
) AS held ON true
CROSS JOIN LATERAL (
    SELECT min(other.sealed_at) AS until
    FROM (SELECT manifest FROM manifest_line WHERE piece = line.piece AND manifest <> $1 OFFSET 0) AS again
    CROSS JOIN LATERAL (SELECT * FROM manifest WHERE code = again.manifest OFFSET 0) AS other
    WHERE other.sealed_at > $5
    AND other.sealed_at <= $6
    AND COALESCE(other.cancelled_at > $6, true)
) AS later
CROSS JOIN LATERAL (
    SELECT
        array_agg(id ORDER BY id) FILTER (WHERE ours AND organisation <> $4) AS given,
        array_agg(id ORDER BY id) FILTER (WHERE ours AND organisation = $4) AS taken,
        (array_agg(id ORDER BY received_at, id)
            FILTER (WHERE ours AND sighting AND organisation <> $4))[1] AS given_by,
        (array_agg(id ORDER BY received_at, id)
            FILTER (WHERE ours AND sighting AND organisation = $4))[1] AS taken_by,
        min(corrected_at) FILTER (WHERE arriving AND (named OR after_seal)) AS first_arrival,
        max(corrected_at) FILTER (WHERE arriving AND (named OR after_seal)) AS last_arrival,
        array_agg(DISTINCT body ->> 'counterparty') FILTER (
            WHERE kind = 'offer' AND named AND organisation IN ($2, $3) AND body ->> 'counterparty' <> $4
        ) AS carriers,
        (array_agg(kind ORDER BY corrected_at DESC, id DESC) FILTER (WHERE packing))[1] AS last_packing,
        bool_or(
            kind = 'correct'
            OR packing AND (after_seal OR body ->> 'container' = $1)
            OR ours AND (
                organisation IS NULL
                OR organisation <> $2 AND organisation <> $4 AND organisation IS DISTINCT FROM $3
                OR kind IN ('refuse', 'report')
                OR lower(body ->> 'condition') IN ('damaged', 'opened', 'seal_broken')
                OR lower(body ->> 'reason') IN ('damaged', 'opened', 'seal_broken')
                OR body -> 'seal' ->> 'state' IN ('broken', 'missing')
                OR body -> 'seal' ->> 'number' IS NOT NULL
            )
        ) AS odd
    FROM (
        SELECT
            entry.id, entry.kind, entry.organisation, entry.body, entry.corrected_at, entry.received_at,
            kind.sighting, kind.packing, kind.named, kind.after_seal,
            organisation = $4 AND kind.arriving AS arriving,
            kind.named
            OR (
                entry.kind <> 'report'
                AND (kind.unnamed OR kind.arriving OR (entry.organisation = $4 AND kind.sighting))
                AND entry.corrected_at + entry.uncertainty_ms * interval '1 millisecond' >= $5
                AND (later.until IS NULL OR entry.corrected_at < later.until)
            ) AS ours
        FROM ledger_of(line.piece) AS entry
        CROSS JOIN LATERAL (
            SELECT
                COALESCE(entry.body ->> 'manifest' = $1, false) AS named,
                entry.body ->> 'manifest' IS NULL AS unnamed,
                entry.kind IN ('receive', 'arrive', 'refuse') AS arriving,
                entry.kind IN ('pack', 'unpack') AS packing,
                entry.kind IN (
                    'accept', 'receive', 'arrive', 'pack', 'unpack', 'hold', 'attempt_failed', 'offer', 'depart',
                    'deliver', 'return', 'out_for_delivery'
                ) AS sighting,
                entry.corrected_at >= $5 AS after_seal
        ) AS kind
        WHERE entry.stream = 1 AND entry.received_at <= $6
    ) AS row
) AS told
WHERE line.manifest = $1
ORDER BY line.n
