-- Dossiers by code ($1) that the caller may see ($2 everything, $3 its organisations), with person, papers and money.
SELECT d.code, d.procedure, d.procedure_version, d.authority, d.desk, d.unit, d.office, d.service_mode,
    d.registered_at, d.received_at, d.due_first, d.due_now,
    a.name, a.address, a.phone, a.email, a.erased_at IS NOT NULL AS erased,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('number', l.number, 'name', coalesce(l.name, '-'), 'form', l.form,
            'copies', l.copies, 'sheets', l.sheets, 'to_return', l.to_return) ORDER BY l.number), '[]')
        FROM document_line AS l WHERE l.dossier = d.code) AS lines,
    m.paid, m.fare, m.receipts
FROM dossier AS d
LEFT JOIN applicant AS a ON a.dossier = d.code
CROSS JOIN LATERAL (
    SELECT coalesce(sum(e.amount) FILTER (WHERE e.line <> 'fare' AND e.kind = 'fee.collected'), 0)
            - coalesce(sum(e.amount) FILTER (WHERE e.line <> 'fare' AND e.kind = 'fee.refunded'), 0) AS paid,
        coalesce(sum(e.amount) FILTER (WHERE e.line = 'fare' AND e.kind = 'fee.collected'), 0)
            - coalesce(sum(e.amount) FILTER (WHERE e.line = 'fare' AND e.kind = 'fee.refunded'), 0) AS fare,
        string_agg(e.receipt, ', ' ORDER BY e.at, e.id) FILTER (WHERE e.kind = 'fee.collected') AS receipts
    FROM fee_entry AS e
    WHERE e.dossier = d.code AND e.void_by IS NULL
) AS m
WHERE d.code = ANY($1::text[])
  AND ($2::boolean OR d.unit = ANY($3::text[]) OR EXISTS (
      SELECT FROM visibility AS v WHERE v.piece = d.code AND v.organisation = ANY($3::text[])
  ))
