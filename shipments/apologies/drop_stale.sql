-- Drafts of the system that nobody touched, of a case that ended in time, or whose promise has moved since.
DELETE FROM apology_draft AS kept
USING dossier AS d
JOIN dossier_clock AS c ON c.dossier = d.code AND c.clock = 'C3' AND c.ordinal = 0
WHERE d.code = kept.dossier AND kept.sent_at IS NULL AND kept.edited_at IS NULL AND kept.drafted_by IS NULL
  AND (d.ended_at <= c.due OR d.withdrawn OR d.extensions > 0 OR c.due <> kept.due)
