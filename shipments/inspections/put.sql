-- Make the inspections of these codes ($1) exactly these ($2, a JSON array).
WITH given AS (
    SELECT new.* FROM jsonb_populate_recordset(NULL::inspection, $2::text::jsonb) AS new
),
gone AS (
    DELETE FROM inspection
    WHERE code = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM given WHERE given.code = inspection.code)
)
INSERT INTO inspection AS kept
SELECT * FROM given
ON CONFLICT (code) DO UPDATE SET
    organisation = excluded.organisation,
    inspector = excluded.inspector,
    period_from = excluded.period_from,
    period_to = excluded.period_to,
    seed = excluded.seed,
    population = excluded.population,
    digest = excluded.digest,
    sample = excluded.sample,
    drawn_at = excluded.drawn_at,
    drawn_by = excluded.drawn_by,
    examined = excluded.examined,
    agreeing = excluded.agreeing,
    closed_at = excluded.closed_at,
    conclusion = excluded.conclusion
WHERE kept IS DISTINCT FROM excluded
