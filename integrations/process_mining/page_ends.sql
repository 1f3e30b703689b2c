-- Where the next page of a period's dossiers ends ($1, $2 behind this instant and code; $3 the period's end; $4 how many).
SELECT max(registered_at) AS at, (array_agg(code ORDER BY registered_at DESC, code DESC))[1] AS code
FROM (
    SELECT registered_at, code
    FROM dossier
    WHERE (registered_at, code) > ($1::timestamptz, $2::text)
    AND registered_at < $3::timestamptz
    ORDER BY registered_at, code
    LIMIT $4::integer
) AS page
