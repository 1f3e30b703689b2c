-- Open dossiers of ours whose promise lies within reach of their calendar ($1, $2) and for which nobody drafts yet: for
-- those that wait for the citizen the clock stands.
SELECT c.dossier, d.authority, d.desk, c.calendar, c.started_at, c.due
FROM unnest($1::text[], $2::timestamptz[]) AS reached (calendar, until)
JOIN dossier_clock AS c ON c.calendar = reached.calendar AND c.due <= reached.until
JOIN dossier AS d ON d.code = c.dossier
WHERE c.clock = 'C3' AND c.ordinal = 0 AND c.stopped_at IS NULL AND c.paused_since IS NULL
  AND d.source IS NULL AND d.ended_at IS NULL AND d.received_at IS NOT NULL AND d.extensions = 0
  AND d.status NOT IN (5, 6, 7)
  AND NOT EXISTS (SELECT FROM apology_draft AS kept WHERE kept.dossier = c.dossier)
ORDER BY c.due, c.dossier
LIMIT $3
