-- Make the parts of these dossiers exactly these.
WITH given AS (
    SELECT * FROM jsonb_to_recordset($2::text::jsonb) AS given (
        dossier text, authority text, desk text, office text, procedure text, channel text, parts jsonb
    )
),
gone AS (DELETE FROM figure_part WHERE dossier = ANY ($1::text[]) RETURNING 1),
unplaced AS (
    DELETE FROM figure_dossier
    WHERE dossier = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM given WHERE given.dossier = figure_dossier.dossier)
    RETURNING 1
)
INSERT INTO figure_dossier (dossier, authority, desk, office, procedure, channel)
SELECT dossier, authority, desk, office, procedure, channel
FROM given
ON CONFLICT (dossier) DO UPDATE SET
    authority = excluded.authority,
    desk = excluded.desk,
    office = excluded.office,
    procedure = excluded.procedure,
    channel = excluded.channel
