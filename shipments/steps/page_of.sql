-- Nonconformities of an actor's agencies, newest first, with what was done about each.
SELECT found.*, note.note AS action
FROM nonconformity AS found
LEFT JOIN nonconformity_note AS note ON note.row = found.action_row
WHERE ($1::boolean OR ARRAY[found.authority, found.unit, found.owner, found.opened_by] && $2::text[])
  AND ($3::text IS NULL OR found.code = $3)
  AND ($4::text IS NULL OR found.dossier = $4)
  AND ($5::text IS NULL OR found.state = $5)
  AND ($6::timestamptz IS NULL OR (found.opened_at, found.code) < ($6, $7::text))
ORDER BY found.opened_at DESC, found.code DESC
LIMIT $8
