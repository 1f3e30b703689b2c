-- The steps of things ($1 codes, $2 their types), in this order and by our corrected clock, as an actor may see them ($3
-- sees everything; $4 its organisations). Rows from $5 on came after the export had begun. `lines` are those of a
-- sealing, `loads` what went aboard a trip or left it.
SELECT
    thing.code AS "case", entry.id, entry.corrected_at AS at, entry.kind, entry.code, thing.type, entry.organisation,
    CASE WHEN $3::boolean OR entry.organisation = ANY ($4::text[]) THEN entry.person END AS person,
    CASE WHEN $3::boolean OR ARRAY[dossier.desk, dossier.authority, dossier.unit] && $4::text[]
        THEN entry.body ->> 'step' END AS step,
    entry.body ->> 'place' AS place,
    entry.body ->> 'manifest' AS manifest,
    entry.body ->> 'container' AS container,
    entry.body ->> 'counterparty' AS counterparty,
    entry.body ->> 'condition' AS condition,
    entry.body ->> 'reason' AS reason,
    CASE WHEN entry.kind = 'manifest.sealed' THEN entry.subjects END AS lines,
    CASE WHEN entry.kind IN ('trip.loaded', 'trip.unloaded') THEN ARRAY(
        SELECT jsonb_array_elements_text(
            coalesce(entry.body -> 'manifests', '[]') || coalesce(entry.body -> 'bags', '[]')
        )
    ) END AS loads
FROM unnest((SELECT $1::text[]), (SELECT $2::text[])) WITH ORDINALITY AS thing (code, type, number)
CROSS JOIN LATERAL ledger_of(thing.code) AS entry
LEFT JOIN dossier ON dossier.code = thing.code
WHERE entry.position < $5::bigint
AND NOT EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.id = entry.id)
ORDER BY thing.number, entry.corrected_at, entry.id
