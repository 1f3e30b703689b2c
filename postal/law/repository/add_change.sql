INSERT INTO law_change (
    id, at, actor, organisation, what, subject, version, action, effective, decision, decided_on, open_dossiers,
    before, after, reason
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14::jsonb, $15)
