-- The next trips by their code ($2 behind this one; $4 how many). Wanted are those opened in the period (from $1 to before
-- $3) that the actor may see ($5 sees everything; $6 its organisations) and that were known when the export began ($7). A
-- trip carries manifests and bags of their own; what was ever aboard is named.
SELECT
    code, 'trip' AS type, opened_at AS at,
    jsonb_build_object('state', body ->> 'state', 'vehicle', body ->> 'vehicle', 'route', body ->> 'route')::text
        AS attributes,
    jsonb_build_object(
        'opened by', body ->> 'opened_by', 'carrier', body ->> 'carrier', 'origin', body ->> 'origin',
        'destination', body ->> 'destination'
    )::text AS organisations,
    ARRAY(SELECT load ->> 'code' FROM jsonb_array_elements(body -> 'loads') AS load ORDER BY 1) AS papers,
    '{}'::text[] AS manifests,
    opened_at >= $1::timestamptz
    AND opened_at < $3::timestamptz
    AND ($5::boolean OR parties && $6::text[])
    AND EXISTS (SELECT FROM ledger_of(page.code) AS entry WHERE entry.position < $7::bigint) AS wanted
FROM (SELECT * FROM trip WHERE code > $2::text ORDER BY code LIMIT $4::integer) AS page
ORDER BY code
