-- Codes of dossiers of some agencies ($1) in which a text ($2) stands: the code itself, its beginning, its end, any part.
WITH found AS (
    SELECT code FROM dossier WHERE desk = ANY($1::text[]) AND code LIKE '%' || $2::text || '%'
    UNION
    SELECT code FROM dossier WHERE authority = ANY($1::text[]) AND code LIKE '%' || $2::text || '%'
    UNION
    SELECT code FROM dossier WHERE unit = ANY($1::text[]) AND ended_at IS NULL AND code LIKE '%' || $2::text || '%'
)
SELECT code, CASE
    WHEN code = $2 THEN 0
    WHEN starts_with(code, $2) THEN 1
    WHEN right(code, length($2)) = $2 THEN 2
    ELSE 3
END AS rank
FROM found
ORDER BY rank, code DESC
LIMIT $3
