-- The register of a desk ($1) for the dossiers received in [$2, $3) that an actor may see ($4 all, $5 its
-- organisations), in the order of receipt, after ($6, $7).
SELECT
    d.code, d.procedure, d.authority, d.desk, d.received_at, d.due_now, d.ended_at, d.closed_at, d.service_mode, d.status,
    d.supplements, d.extensions,
    (SELECT name_vi FROM procedure WHERE procedure.code = d.procedure AND procedure.version = d.procedure_version)
        AS procedure_name,
    (SELECT max(c.stopped_at) FROM dossier_clock AS c WHERE c.dossier = d.code AND c.clock = 'C7') AS returned_at
FROM dossier AS d
WHERE d.desk = $1
  AND d.received_at >= $2 AND d.received_at < $3
  AND ($4::boolean OR d.unit = ANY ($5::text[]) OR EXISTS (
      SELECT FROM visibility AS v WHERE v.piece = d.code AND v.organisation = ANY ($5::text[])
  ))
  AND ($6::timestamptz IS NULL OR (d.received_at, d.code) > ($6, $7::text))
ORDER BY d.received_at, d.code
LIMIT $8
