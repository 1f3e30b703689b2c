-- The newest dossiers of an actor's agencies whose case has ended, for looking at their steps.
SELECT code, procedure, procedure_version
FROM dossier
WHERE ended_at IS NOT NULL AND received_at IS NOT NULL
  AND ($1::boolean OR ARRAY[desk, authority, unit] && $2::text[])
  AND ($3::text IS NULL OR procedure = $3)
  AND ($4::text IS NULL OR authority = $4)
ORDER BY registered_at DESC, code DESC
LIMIT $5
