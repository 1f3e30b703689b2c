-- Everything that bears on some codes: `pair` says whose rows bear on which code (its own, and those of codes whose
-- rows name it), `row` is each ledger row once, `dispute` each content of a disputed id once.
-- The months in which a code has rows bound the ids, so that the other partitions are never executed. OFFSET 0 keeps it
-- so: no plan that reads all partitions can take its place.
WITH pair AS MATERIALIZED (
    SELECT code AS wanted, code AS of FROM unnest($1::text[]) AS code
    UNION
    SELECT subject, code FROM ledger_subject WHERE subject = ANY ($1::text[])
),
source AS MATERIALIZED (
    SELECT array_agg(DISTINCT of) AS codes FROM pair
),
span AS MATERIALIZED (
    SELECT code, ledger_month_low(month) AS low, ledger_month_high(month) AS high
    FROM ledger_month
    WHERE code = ANY ((SELECT codes FROM source)::text[])
)
SELECT
    'pair' AS what, wanted, of, NULL::uuid AS id, NULL::timestamptz AS occurred_at, NULL::timestamptz AS received_at,
    NULL::timestamptz AS corrected_at, NULL::bigint AS skew_ms, NULL::bigint AS uncertainty_ms, NULL::bigint AS seq,
    NULL::smallint AS stream, NULL::text AS kind, NULL::text AS code, NULL::text AS verdict,
    NULL::bytea AS content_hash, NULL::text AS organisation, NULL::text AS person, NULL::text AS device,
    NULL::text AS epoch, NULL::text AS source, NULL::jsonb AS body, NULL::text[] AS subjects
FROM pair
UNION ALL
SELECT
    'row', NULL, NULL, id, occurred_at, received_at, corrected_at, skew_ms, uncertainty_ms, seq, stream, kind,
    entry.code, verdict, content_hash, organisation, person, device, epoch, source, body, subjects
FROM span
CROSS JOIN LATERAL (
    SELECT * FROM ledger WHERE ledger.code = span.code AND ledger.id BETWEEN span.low AND span.high OFFSET 0
) AS entry
UNION ALL
SELECT
    'dispute', NULL, code, id, NULL, received_at, corrected_at, skew_ms, uncertainty_ms, NULL, NULL, NULL, code,
    verdict, content_hash, NULL, NULL, NULL, NULL, NULL, content, NULL
FROM ledger_dispute
WHERE id IN (SELECT id FROM ledger_dispute WHERE code = ANY ((SELECT codes FROM source)::text[]))
