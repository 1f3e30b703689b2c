-- Make the requests of these codes ($1) exactly these ($2, a JSON array).
WITH given AS (
    SELECT new.* FROM jsonb_populate_recordset(NULL::privacy_request, $2::text::jsonb) AS new
),
gone AS (
    DELETE FROM privacy_request
    WHERE code = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM given WHERE given.code = privacy_request.code)
)
INSERT INTO privacy_request AS kept
SELECT * FROM given
ON CONFLICT (code) DO UPDATE SET
    kind = excluded.kind,
    dossier = excluded.dossier,
    organisation = excluded.organisation,
    state = excluded.state,
    received_at = excluded.received_at,
    reply_due = excluded.reply_due,
    due = excluded.due,
    verified_at = excluded.verified_at,
    ended_at = excluded.ended_at,
    identity = excluded.identity,
    reason = excluded.reason,
    person = excluded.person,
    late = excluded.late,
    flags = excluded.flags
WHERE kept IS DISTINCT FROM excluded
