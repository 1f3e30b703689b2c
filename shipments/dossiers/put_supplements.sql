WITH fresh AS (
    SELECT new.*
    FROM jsonb_populate_recordset(NULL::supplement_request, $2::text::jsonb) AS new
), gone AS (
    DELETE FROM supplement_request
    WHERE dossier = ANY ($1::text[]) AND row NOT IN (SELECT row FROM fresh)
)
INSERT INTO supplement_request
SELECT * FROM fresh
ON CONFLICT (row) DO UPDATE SET
    dossier = excluded.dossier,
    ordinal = excluded.ordinal,
    at = excluded.at,
    answered_at = excluded.answered_at,
    items = excluded.items,
    reason = excluded.reason,
    override = excluded.override,
    decision = excluded.decision,
    authority = excluded.authority,
    desk = excluded.desk,
    procedure = excluded.procedure,
    procedure_version = excluded.procedure_version,
    source = excluded.source
