SELECT *
FROM overdue_without_apology($3)
WHERE ($1::boolean OR ARRAY[authority, desk, unit] && $2::text[])
  AND ($4::timestamptz IS NULL OR (due, dossier) > ($4, $5::text))
ORDER BY due, dossier
LIMIT $6
