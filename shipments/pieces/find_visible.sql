SELECT p.code, p.kind, p.registered_at, p.registered_by, p.origin, p.destination, p.authority, p.direction,
    p.dossiers, p.service
FROM piece AS p
WHERE p.code = $1
  AND ($2::boolean OR EXISTS (
      SELECT FROM visibility AS v WHERE v.piece = p.code AND v.organisation = ANY($3::text[])
  ))
