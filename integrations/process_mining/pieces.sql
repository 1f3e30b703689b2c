-- The next pieces registered in a period ($1, $2 behind this instant and code; $3 the period's end; $4 how many). Wanted
-- are those that the actor may see ($5 sees everything; $6 its organisations) and that were known when the export began
-- ($7).
SELECT
    code, kind AS type, registered_at AS at,
    jsonb_build_object(
        'procedure', (SELECT procedure FROM dossier WHERE dossier.code = page.code),
        'service_mode', (SELECT service_mode FROM dossier WHERE dossier.code = page.code),
        'direction', direction,
        'service', service
    )::text AS attributes,
    jsonb_build_object('origin', origin, 'destination', destination, 'authority', authority)::text AS organisations,
    CASE WHEN kind = 'result' THEN ARRAY[regexp_replace(code, '-KQ$', '')] ELSE dossiers END AS papers,
    ARRAY(SELECT manifest FROM manifest_line WHERE manifest_line.piece = page.code ORDER BY manifest) AS manifests,
    (
        $5::boolean
        OR EXISTS (
            SELECT FROM visibility
            WHERE visibility.piece = page.code AND visibility.organisation = ANY ($6::text[])
            OFFSET 0
        )
    )
    AND EXISTS (SELECT FROM ledger_of(page.code) AS entry WHERE entry.position < $7::bigint) AS wanted
FROM (
    SELECT *
    FROM piece
    WHERE (registered_at, code) > ($1::timestamptz, $2::text)
    AND registered_at < $3::timestamptz
    ORDER BY registered_at, code
    LIMIT $4::integer
) AS page
ORDER BY registered_at, code
