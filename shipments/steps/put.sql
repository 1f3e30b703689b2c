WITH fresh AS (
    SELECT new.*
    FROM jsonb_populate_recordset(NULL::nonconformity, $2::text::jsonb) AS new
), gone AS (
    DELETE FROM nonconformity
    WHERE code = ANY ($1::text[]) AND code NOT IN (SELECT code FROM fresh)
)
INSERT INTO nonconformity
SELECT * FROM fresh
ON CONFLICT (code) DO UPDATE SET
    owner = excluded.owner,
    owner_person = excluded.owner_person,
    cause = excluded.cause,
    action_row = excluded.action_row,
    acted_at = excluded.acted_at,
    state = excluded.state,
    closed_at = excluded.closed_at,
    effective = excluded.effective,
    published_at = excluded.published_at,
    published_by = excluded.published_by,
    publication = excluded.publication,
    dossier = excluded.dossier,
    span = excluded.span,
    step = excluded.step,
    procedure = excluded.procedure,
    authority = excluded.authority,
    unit = excluded.unit,
    origin = excluded.origin,
    hours_allowed = excluded.hours_allowed,
    working_us = excluded.working_us,
    opened_at = excluded.opened_at,
    opened_by = excluded.opened_by
