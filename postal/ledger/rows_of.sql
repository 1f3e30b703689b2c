-- Everything that bears on some codes: `pair` says whose rows bear on which code (its own, and those of codes whose
-- rows name it), `row` is each ledger row once, `dispute` each content of a disputed id once.
-- Each code's rows are read by `ledger_of`, which executes only the partitions of months in which it has some. The
-- parameter is hidden in a SELECT: knowing how many codes there are, the planner would plan anew for every call, and
-- planning for 40 partitions takes ten times as long as reading.
WITH pair AS MATERIALIZED (
    SELECT code AS wanted, code AS of FROM unnest((SELECT $1::text[])) AS code
    UNION
    SELECT subject, code FROM ledger_subject WHERE subject = ANY ((SELECT $1::text[])::text[])
),
source AS MATERIALIZED (
    SELECT DISTINCT of AS code FROM pair
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
FROM source
CROSS JOIN LATERAL ledger_of(source.code) AS entry
UNION ALL
SELECT
    'dispute', NULL, code, id, NULL, received_at, corrected_at, skew_ms, uncertainty_ms, NULL, NULL, NULL, code,
    verdict, content_hash, NULL, NULL, NULL, NULL, NULL, content, NULL
FROM ledger_dispute
WHERE id IN (SELECT id FROM ledger_dispute WHERE code = ANY (ARRAY(SELECT code FROM source)))
