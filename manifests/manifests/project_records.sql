-- Bring manifests up to their records in the ledger ($1 codes); codes without a sealed or cancelled record are none.
WITH record AS (
    SELECT entry.code, entry.kind, entry.id, entry.occurred_at, entry.body
    FROM unnest((SELECT $1::text[])) AS asked (code)
    CROSS JOIN LATERAL ledger_of(asked.code) AS entry
    WHERE entry.stream = 3
    AND entry.kind IN (
        'manifest.sealed', 'manifest.dispatched', 'manifest.received', 'manifest.closed', 'manifest.cancelled'
    )
),
life AS (
    SELECT
        code,
        (array_agg(body ORDER BY kind = 'manifest.sealed' DESC, occurred_at, id)
            FILTER (WHERE kind IN ('manifest.sealed', 'manifest.cancelled')))[1] AS header,
        min(occurred_at) FILTER (WHERE kind = 'manifest.sealed') AS sealed_at,
        min(occurred_at) FILTER (WHERE kind = 'manifest.dispatched') AS dispatched_at,
        min(occurred_at) FILTER (WHERE kind = 'manifest.received') AS receiving_at,
        min(occurred_at) FILTER (WHERE kind = 'manifest.closed') AS closed_at,
        min(occurred_at) FILTER (WHERE kind = 'manifest.cancelled') AS cancelled_at
    FROM record
    GROUP BY code
),
fresh AS (
    SELECT
        *,
        CASE
            WHEN cancelled_at IS NOT NULL THEN 'cancelled'
            WHEN closed_at IS NOT NULL THEN 'closed'
            WHEN receiving_at IS NOT NULL THEN 'receiving'
            WHEN dispatched_at IS NOT NULL THEN 'dispatched'
            ELSE 'sealed'
        END AS state
    FROM life
    WHERE header IS NOT NULL
)
INSERT INTO manifest AS kept (
    code, state, giver, receiver, carrier, route, cut_off, created_at, sealed_at, dispatched_at, receiving_at,
    reconciled_at, closed_at, cancelled_at, digest
)
SELECT
    code, state, header ->> 'giver', header ->> 'receiver', header ->> 'carrier', header ->> 'route',
    (header ->> 'cut_off')::timestamptz, (header ->> 'created_at')::timestamptz, sealed_at, dispatched_at,
    receiving_at, closed_at, closed_at, cancelled_at, header ->> 'digest'
FROM fresh
ORDER BY code
ON CONFLICT (code) DO UPDATE SET
    giver = EXCLUDED.giver,
    receiver = EXCLUDED.receiver,
    carrier = EXCLUDED.carrier,
    route = EXCLUDED.route,
    cut_off = EXCLUDED.cut_off,
    created_at = EXCLUDED.created_at,
    sealed_at = EXCLUDED.sealed_at,
    dispatched_at = EXCLUDED.dispatched_at,
    receiving_at = LEAST(kept.receiving_at, EXCLUDED.receiving_at),
    reconciled_at = EXCLUDED.reconciled_at,
    closed_at = EXCLUDED.closed_at,
    cancelled_at = EXCLUDED.cancelled_at,
    digest = EXCLUDED.digest,
    state = CASE
        WHEN EXCLUDED.state IN ('cancelled', 'closed') THEN EXCLUDED.state
        WHEN kept.receiving_at IS NOT NULL THEN 'receiving'
        ELSE EXCLUDED.state
    END
