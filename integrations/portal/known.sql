-- Dossiers ($1) with all that the portal's fields can hold of them.
SELECT
    d.code, d.procedure, p.name_vi AS procedure_name, d.service_mode, d.channel, d.status, d.registered_at,
    d.received_at, GREATEST(d.due_now, CASE WHEN d.due_now IS NOT NULL THEN moved.due END) AS due, d.completed_at,
    d.ended_at, d.closed_at, unit.name AS unit_name, office.name AS office_name,
    CASE WHEN custody.phase = 'delivered' THEN custody.since END AS delivered_at,
    custody.phase = 'returned' IS TRUE AS came_back,
    EXISTS (
        SELECT FROM file_key AS k JOIN file AS f ON f.key = k.id
        WHERE k.about = 'dossier' AND k.subject = d.code AND f.kind = 'scan'
    ) AS scanned,
    CASE WHEN a.name IS NOT NULL THEN jsonb_build_object(
        'name', a.name, 'phone', COALESCE(a.phone, ''), 'address', a.address, 'email', a.email,
        'identity_type', a.identity_type, 'identity_number', a.identity_number
    )::text END AS applicant,
    (
        SELECT jsonb_agg(jsonb_build_object(
            'number', l.number, 'name', COALESCE(l.name, '-'), 'form', l.form, 'copies', l.copies,
            'sheets', l.sheets, 'to_return', l.to_return
        ) ORDER BY l.number)::text
        FROM document_line AS l WHERE l.dossier = d.code
    ) AS lines,
    (
        SELECT jsonb_agg(jsonb_build_object(
            'row', s.row, 'at', s.at, 'answered_at', s.answered_at, 'reason', s.reason,
            'papers', COALESCE((
                SELECT jsonb_agg(jsonb_build_array(c.name_vi, c.code) ORDER BY c.ordinal)
                FROM procedure_component AS c
                WHERE c.procedure = s.procedure AND c.version = s.procedure_version AND c.ordinal = ANY (s.items)
            ), '[]')
        ) ORDER BY s.at, s.row)::text
        FROM supplement_request AS s WHERE s.dossier = d.code
    ) AS supplements,
    (
        SELECT jsonb_agg(jsonb_build_object(
            'line', e.line, 'at', e.at, 'amount', e.amount - back.amount, 'online', e.channel = 'online'
        ) ORDER BY e.at, e.id)::text
        FROM fee_entry AS e
        CROSS JOIN LATERAL (
            SELECT COALESCE(sum(r.amount), 0)::bigint AS amount
            FROM fee_entry AS r WHERE r.fee = e.id AND r.kind = 'fee.refunded' AND r.void_by IS NULL
        ) AS back
        WHERE e.dossier = d.code AND e.kind = 'fee.collected' AND e.void_by IS NULL AND e.line <> 'fare'
        AND e.amount > back.amount
    ) AS fees
FROM dossier AS d
LEFT JOIN procedure AS p ON p.code = d.procedure AND p.version = d.procedure_version
LEFT JOIN organisation AS unit ON unit.code = COALESCE(d.unit, d.authority)
LEFT JOIN organisation AS office ON office.code = COALESCE(d.office, d.desk)
LEFT JOIN custody ON custody.code = d.code || '-KQ'
LEFT JOIN applicant AS a ON a.dossier = d.code AND a.erased_at IS NULL
LEFT JOIN LATERAL (
    SELECT COALESCE(c.due_extended, c.due) AS due
    FROM dossier_clock AS c
    WHERE c.dossier = d.code AND c.clock = 'C3' AND c.due_before IS NOT NULL
) AS moved ON true
WHERE d.code = ANY ($1::text[])
ORDER BY d.registered_at, d.code
