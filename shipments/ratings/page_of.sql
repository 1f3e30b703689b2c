-- Ratings that an actor sees ($1 everything, $2 its organisations), newest first: of one dossier ($3) or score ($4), after
-- a position ($5, $6), at most $7.
SELECT rating.*
FROM rating
WHERE ($1::boolean OR ARRAY[authority, desk, office, deliverer] && $2::text[])
AND ($3::text IS NULL OR dossier = $3)
AND ($4::text IS NULL OR score = $4)
AND ($5::timestamptz IS NULL OR (given_at, dossier) < ($5, $6::text))
ORDER BY given_at DESC, dossier DESC
LIMIT $7
