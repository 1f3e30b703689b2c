-- The next manifests by their code ($2 behind this one; $4 how many). Wanted are those made in the period (from $1 to
-- before $3) that the actor may see ($5 sees everything; $6 its organisations) and that were known when the export began
-- ($7).
SELECT
    code, 'manifest' AS type, created_at AS at,
    jsonb_build_object('state', state)::text AS attributes,
    jsonb_build_object('giver', giver, 'receiver', receiver, 'carrier', carrier)::text AS organisations,
    '{}'::text[] AS papers,
    '{}'::text[] AS manifests,
    created_at >= $1::timestamptz
    AND created_at < $3::timestamptz
    AND state <> 'draft'
    AND ($5::boolean OR ARRAY[giver, receiver, carrier] && $6::text[])
    AND EXISTS (SELECT FROM ledger_of(page.code) AS entry WHERE entry.position < $7::bigint) AS wanted
FROM (SELECT * FROM manifest WHERE code > $2::text ORDER BY code LIMIT $4::integer) AS page
ORDER BY code
