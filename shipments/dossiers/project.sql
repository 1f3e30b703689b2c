INSERT INTO dossier
SELECT new.*
FROM jsonb_populate_recordset(NULL::dossier, $1::text::jsonb) AS new
ON CONFLICT (code) DO UPDATE SET
    procedure = excluded.procedure,
    procedure_version = excluded.procedure_version,
    authority = excluded.authority,
    desk = excluded.desk,
    office = excluded.office,
    service_mode = excluded.service_mode,
    channel = excluded.channel,
    consent = excluded.consent,
    registered_at = excluded.registered_at,
    registered_by = excluded.registered_by,
    status = excluded.status,
    due_first = excluded.due_first,
    due_now = excluded.due_now,
    received_at = excluded.received_at,
    completed_at = excluded.completed_at,
    result_at_desk_at = excluded.result_at_desk_at,
    ended_at = excluded.ended_at,
    closed_at = excluded.closed_at,
    withdrawn = excluded.withdrawn,
    unit = excluded.unit,
    supplements = excluded.supplements,
    extensions = excluded.extensions,
    flags = excluded.flags,
    source = excluded.source
