-- Open clocks by due instant at the instant $1, from a place in that order on ($6 to $9).
SELECT *
FROM (
    SELECT
        dossier, clock, ordinal, party, step, holder, authority, desk, office, procedure, calendar,
        calendar_version, started_at, due, due_before, due_extended, near_at, paused_since,
        CASE
            WHEN paused_since IS NOT NULL THEN 'paused'
            WHEN due < $1 THEN 'overdue'
            WHEN near_at <= $1 THEN 'near_due'
            ELSE 'running'
        END AS standing
    FROM dossier_clock
    WHERE stopped_at IS NULL AND due IS NOT NULL
) AS open
WHERE clock = ANY ($2::text[])
  AND ($3::text IS NULL OR standing = $3)
  AND ($3::text IS DISTINCT FROM 'overdue' OR due < $1)
  AND ($4::text IS NULL OR holder = $4)
  AND ($5::text IS NULL OR authority = $5)
  AND ($6::timestamptz IS NULL OR (due, dossier, clock, ordinal) > ($6, $7::text, $8::text, $9::integer))
  AND ($10::boolean OR EXISTS (
      SELECT FROM visibility
      WHERE visibility.piece = open.dossier AND visibility.organisation = ANY ($11::text[])
  ))
ORDER BY due, dossier, clock, ordinal
LIMIT $12
