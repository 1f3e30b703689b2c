INSERT INTO apology_draft (
    dossier, ordinal, authority, desk, due, send_by, reason, due_new, text_vi, text_en, drafted_at, drafted_by,
    edited_at, edited_by
)
SELECT new.dossier, new.ordinal, new.authority, new.desk, new.due, new.send_by, new.reason, new.due_new, new.text_vi,
    new.text_en, new.drafted_at, new.drafted_by, new.edited_at, new.edited_by
FROM jsonb_populate_recordset(NULL::apology_draft, $1::text::jsonb) AS new
ON CONFLICT (dossier, ordinal) DO UPDATE SET
    due = excluded.due,
    send_by = excluded.send_by,
    reason = excluded.reason,
    due_new = excluded.due_new,
    text_vi = excluded.text_vi,
    text_en = excluded.text_en,
    edited_at = excluded.edited_at,
    edited_by = excluded.edited_by
WHERE apology_draft.sent_at IS NULL AND excluded.edited_at IS NOT NULL
