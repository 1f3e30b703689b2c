-- Dossiers by code ($1), or a page of those that match, newest first. Whoever sees the piece sees the dossier; so does
-- a unit that the case was passed on to. Where a decision on the calendar moved the promise, the clock says whither.
SELECT d.*, (
    SELECT COALESCE(c.due_extended, c.due)
    FROM dossier_clock AS c
    WHERE c.dossier = d.code AND c.clock = 'C3' AND c.due_before IS NOT NULL
) AS due_moved
FROM dossier AS d
WHERE ($1::text[] IS NULL OR d.code = ANY($1))
  AND ($2::boolean OR d.unit = ANY($3::text[]) OR EXISTS (
      SELECT FROM visibility AS v WHERE v.piece = d.code AND v.organisation = ANY($3::text[])
  ))
  AND ($4::smallint IS NULL OR d.status = $4)
  AND ($5::text IS NULL OR $5 IN (d.desk, d.authority, d.office, d.unit))
  AND ($6::text IS NULL OR strpos(d.code, $6) > 0)
  AND ($7::timestamptz IS NULL OR (d.registered_at, d.code) < ($7, $8::text))
ORDER BY d.registered_at DESC, d.code DESC
LIMIT $9
