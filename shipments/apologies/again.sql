-- Requests for a supplement after the first one, newest first.
SELECT *
FROM supplement_request
WHERE ordinal > 1 AND source IS NULL AND ($1::boolean OR ARRAY[authority, desk] && $2::text[])
ORDER BY at DESC, row DESC
LIMIT $3
