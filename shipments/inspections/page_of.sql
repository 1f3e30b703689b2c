-- Inspections that an actor sees, newest first: inspectors all ($1), the inspected ($2) those that have ended, so that no
-- sample is known before it is looked at; one ($3), of an organisation ($4), after a position ($5, $6), at most $7.
SELECT *
FROM inspection
WHERE ($1::boolean OR (closed_at IS NOT NULL AND organisation = ANY ($2::text[])))
AND ($3::text IS NULL OR code = $3)
AND ($4::text IS NULL OR organisation = $4)
AND ($5::timestamptz IS NULL OR (drawn_at, code) < ($5, $6::text))
ORDER BY drawn_at DESC, code DESC
LIMIT $7
