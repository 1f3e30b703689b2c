-- Make the findings of these inspections ($1) exactly these ($2, a JSON array).
WITH given AS (
    SELECT new.* FROM jsonb_populate_recordset(NULL::inspection_finding, $2::text::jsonb) AS new
),
gone AS (
    DELETE FROM inspection_finding
    WHERE inspection = ANY ($1::text[])
    AND NOT EXISTS (SELECT FROM given WHERE given.row_id = inspection_finding.row_id)
)
INSERT INTO inspection_finding AS kept
SELECT * FROM given
ON CONFLICT (row_id) DO NOTHING
