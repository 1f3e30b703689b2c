-- What changes: what is kept of these dossiers counts against, what is given for.
SELECT authority, desk, unit, procedure, version, month, number, name, party, bucket, -1 AS n, -waiting_us AS waiting_us,
    -worked_us AS worked_us, -exceeded AS exceeded, -unseen AS unseen
FROM step_part
WHERE dossier = ANY ($1::text[])
UNION ALL
SELECT authority, desk, unit, procedure, version, month, number, name, party, bucket, 1, waiting_us, worked_us, exceeded,
    unseen
FROM jsonb_populate_recordset(NULL::step_part, $2::text::jsonb)
