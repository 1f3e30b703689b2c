-- Dossiers whose present status the national portal has not acknowledged, oldest first: $1 all or those that $2 see.
SELECT
    d.code, d.status, d.registered_at,
    refused.at AS refused_at, refused.error
FROM dossier AS d
LEFT JOIN LATERAL (
    SELECT at, error FROM portal_receipt AS r
    WHERE r.dossier = d.code AND r.state = 'refused' AND r.portal_status = d.status
    ORDER BY at DESC LIMIT 1
) AS refused ON true
WHERE d.source IS NULL
  AND NOT EXISTS (
      SELECT FROM portal_receipt AS r
      WHERE r.dossier = d.code AND r.state = 'accepted' AND r.portal_status = d.status
  )
  AND ($1::boolean OR EXISTS (
      SELECT FROM visibility AS v WHERE v.piece = d.code AND v.organisation = ANY ($2::text[])
  ))
  AND ($3::timestamptz IS NULL OR (d.registered_at, d.code) > ($3, $4::text))
ORDER BY d.registered_at, d.code
LIMIT $5
