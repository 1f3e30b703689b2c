-- What anybody may see: a code and its new date, of letters sent since $1. No name, no agency, no kind of case.
SELECT dossier, due_new, at, row
FROM apology
WHERE source IS NULL AND number IS NOT NULL AND at >= $1
  AND ($2::timestamptz IS NULL OR (at, row) < ($2, $3::uuid))
ORDER BY at DESC, row DESC
LIMIT $4
