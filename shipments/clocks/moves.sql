-- Moved deadlines, the latest first, from a place in that order on ($3 to $6).
SELECT
    dossier, decision, calendar_decision.number, clock, ordinal, deadline_move.calendar, version, due_before,
    due_after, holder, moved_at, record
FROM deadline_move
JOIN calendar_decision ON calendar_decision.id = deadline_move.decision
WHERE ($1::uuid IS NULL OR decision = $1)
  AND ($2::text IS NULL OR dossier = $2)
  AND (
      $3::timestamptz IS NULL
      OR moved_at < $3
      OR (moved_at = $3 AND (dossier, clock, ordinal) > ($4::text, $5::text, $6::integer))
  )
  AND ($7::boolean OR EXISTS (
      SELECT FROM visibility
      WHERE visibility.piece = deadline_move.dossier AND visibility.organisation = ANY ($8::text[])
  ))
ORDER BY moved_at DESC, dossier, clock, ordinal
LIMIT $9
