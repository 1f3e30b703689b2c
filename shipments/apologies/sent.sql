-- Letters that were sent, newest first; only the late ones ($3), or only re-appointments after the first ($4).
SELECT *
FROM apology_judged
WHERE ($1::boolean OR ARRAY[authority, desk] && $2::text[])
  AND (NOT $3::boolean OR late)
  AND (NOT $4::boolean OR ordinal > 1)
  AND ($5::timestamptz IS NULL OR (at, row) < ($5, $6::uuid))
ORDER BY at DESC, row DESC
LIMIT $7
