SELECT
    holder,
    count(*)::integer AS open,
    (count(*) FILTER (WHERE paused_since IS NULL AND due >= $1 AND near_at <= $1))::integer AS near_due,
    (count(*) FILTER (WHERE paused_since IS NULL AND due < $1))::integer AS overdue,
    (count(*) FILTER (WHERE paused_since IS NOT NULL))::integer AS paused
FROM dossier_clock
WHERE stopped_at IS NULL AND clock = ANY ($2::text[])
  AND ($3::boolean OR EXISTS (
      SELECT FROM visibility
      WHERE visibility.piece = dossier_clock.dossier AND visibility.organisation = ANY ($4::text[])
  ))
GROUP BY holder
ORDER BY overdue DESC, near_due DESC, holder NULLS LAST
