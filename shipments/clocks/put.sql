INSERT INTO dossier_clock
SELECT *
FROM jsonb_to_recordset($1::text::jsonb) AS given (
    dossier text, clock text, ordinal integer, party text, step text, authority text, desk text, office text,
    procedure text, route text, month text, calendar text, started_at timestamptz, stopped_at timestamptz,
    calendar_us bigint, working_us bigint, due timestamptz, due_extended timestamptz, verdict text,
    verdict_extended text
)
