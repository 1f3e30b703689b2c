-- Dossiers of some agencies ($1) whose applicant's name is like one of the patterns ($2), the nearest to what was typed
-- first: the same name, its beginning, the beginning of a word, any part ($3 its key, $4 as typed, $5 how many at most);
-- among equals those with the same diacritics. A name that was erased has no key.
WITH found AS (
    SELECT dossier, name, name_key FROM applicant
    WHERE desk = ANY($1::text[]) AND name_key LIKE ANY($2::text[]) AND erased_at IS NULL
    UNION
    SELECT dossier, name, name_key FROM applicant
    WHERE authority = ANY($1::text[]) AND name_key LIKE ANY($2::text[]) AND erased_at IS NULL
)
SELECT
    dossier, name,
    CASE
        WHEN name_key = $3::text THEN 0
        WHEN starts_with(name_key, $3) THEN 1
        WHEN strpos(name_key, ' ' || $3) > 0 THEN 2
        ELSE 3
    END AS rank
FROM found
ORDER BY rank, strpos(normalize(name, NFC), $4::text) = 0, dossier DESC
LIMIT $5
