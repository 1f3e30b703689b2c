INSERT INTO deadline_move (
    dossier, decision, clock, ordinal, calendar, version, due_before, due_after, holder, moved_at, record
)
SELECT
    dossier, decision, clock, ordinal, calendar, version, due_before, due_after, holder, moved_at, record
FROM jsonb_to_recordset($1::text::jsonb) AS given (
    dossier text, decision uuid, clock text, ordinal integer, calendar text, version integer,
    due_before timestamptz, due_after timestamptz, holder text, moved_at timestamptz, record uuid
)
