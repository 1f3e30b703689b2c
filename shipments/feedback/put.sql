-- Make the cases of these codes ($1) exactly these ($2, a JSON array).
WITH given AS (
    SELECT new.* FROM jsonb_populate_recordset(NULL::feedback, $2::text::jsonb) AS new
),
gone AS (
    DELETE FROM feedback
    WHERE code = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM given WHERE given.code = feedback.code)
)
INSERT INTO feedback AS kept
SELECT * FROM given
ON CONFLICT (code) DO UPDATE SET
    channel = excluded.channel,
    category = excluded.category,
    state = excluded.state,
    received_at = excluded.received_at,
    taken_by = excluded.taken_by,
    organisation = excluded.organisation,
    parties = excluded.parties,
    dossier = excluded.dossier,
    authority = excluded.authority,
    office = excluded.office,
    refuse_due = excluded.refuse_due,
    supplement_due = excluded.supplement_due,
    resolve_due = excluded.resolve_due,
    accepted_at = excluded.accepted_at,
    supplement_at = excluded.supplement_at,
    refused_at = excluded.refused_at,
    answered_at = excluded.answered_at,
    publish_due = excluded.publish_due,
    published_at = excluded.published_at,
    reason = excluded.reason,
    outcome = excluded.outcome,
    person = excluded.person,
    late = excluded.late,
    flags = excluded.flags
WHERE kept IS DISTINCT FROM excluded
