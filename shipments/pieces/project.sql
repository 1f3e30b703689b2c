INSERT INTO piece (code, kind, registered_at, registered_by, origin, destination, authority, direction, dossiers, service)
SELECT code, kind, registered_at, registered_by, origin, destination, authority, direction, dossiers, service
FROM jsonb_to_recordset($1::text::jsonb) AS new (
    code text, kind text, registered_at timestamptz, registered_by text, origin text, destination text,
    authority text, direction text, dossiers text[], service text
)
ON CONFLICT (code) DO UPDATE SET
    kind = excluded.kind,
    registered_at = excluded.registered_at,
    registered_by = excluded.registered_by,
    origin = excluded.origin,
    destination = excluded.destination,
    authority = excluded.authority,
    direction = excluded.direction,
    dossiers = excluded.dossiers,
    service = excluded.service
