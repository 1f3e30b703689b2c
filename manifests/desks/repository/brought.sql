-- Dossiers that citizens brought to some desks themselves ($1) and nobody has taken in, from an instant and dossier on
-- ($2, $3), the first $4.
SELECT found.dossier, found.at, NULL::timestamptz AS due, NULL::timestamptz AS due_extended, found.desk AS holder,
    found.procedure, found.status
FROM unnest($1::text[]) AS own (agency) CROSS JOIN LATERAL (
    SELECT d.code AS dossier, d.registered_at AS at, d.desk, d.procedure, d.status
    FROM dossier AS d
    WHERE d.desk = own.agency AND d.status = 1 AND d.service_mode = 'return' AND (d.registered_at, d.code) > ($2, $3::text)
    ORDER BY d.registered_at, d.code
    LIMIT $4
) AS found
ORDER BY found.at, found.dossier
LIMIT $4
