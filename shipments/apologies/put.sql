WITH fresh AS (
    SELECT new.*
    FROM jsonb_populate_recordset(NULL::apology, $2::text::jsonb) AS new
), gone AS (
    DELETE FROM apology
    WHERE dossier = ANY ($1::text[]) AND row NOT IN (SELECT row FROM fresh)
)
INSERT INTO apology
SELECT * FROM fresh
ON CONFLICT (row) DO UPDATE SET
    dossier = excluded.dossier,
    kind = excluded.kind,
    ordinal = excluded.ordinal,
    at = excluded.at,
    number = excluded.number,
    reason = excluded.reason,
    promised = excluded.promised,
    due_new = excluded.due_new,
    override = excluded.override,
    decision = excluded.decision,
    authority = excluded.authority,
    desk = excluded.desk,
    procedure = excluded.procedure,
    source = excluded.source
