-- The last dossier of the next page of $4, in the order of registration, behind $1 and $2 and before $3.
SELECT registered_at AS at, code
FROM (
    SELECT registered_at, code
    FROM dossier
    WHERE (registered_at, code) > ($1::timestamptz, $2::text) AND registered_at < $3::timestamptz
    ORDER BY registered_at, code
    LIMIT $4
) AS page
ORDER BY registered_at DESC, code DESC
LIMIT 1
