INSERT INTO procedure (
    code, version, name_vi, name_en, limit_value, limit_unit, convention, calendar, t0_reading, eligible_submit,
    eligible_return, requires_presence, state_secret, territory_free, fee, valid_from, valid_to, citation, status,
    issuer, decision, decided_on
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
ON CONFLICT (code, version) DO NOTHING
