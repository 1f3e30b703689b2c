INSERT INTO figure_part (dossier, measure, ordinal, day, holder, n, bucket, calendar_ms, working_ms)
SELECT dossier, measure, ordinal, day, holder, n, bucket, calendar_ms, working_ms
FROM jsonb_to_recordset($1::text::jsonb) AS given (
    dossier text, measure text, ordinal integer, day date, holder text, n bigint, bucket smallint, calendar_ms bigint,
    working_ms bigint
)
