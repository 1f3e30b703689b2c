-- Make the ratings of dossiers ($1 codes) exactly these ($2, a JSON array).
WITH given AS (
    SELECT new.* FROM jsonb_populate_recordset(NULL::rating, $2::text::jsonb) AS new
),
gone AS (
    DELETE FROM rating
    WHERE dossier = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM given WHERE given.dossier = rating.dossier)
)
INSERT INTO rating AS kept
SELECT * FROM given
ON CONFLICT (dossier) DO UPDATE SET
    row_id = excluded.row_id,
    score = excluded.score,
    attitude = excluded.attitude,
    given_at = excluded.given_at,
    first_at = excluded.first_at,
    revisions = excluded.revisions,
    noted = excluded.noted,
    authority = excluded.authority,
    desk = excluded.desk,
    office = excluded.office,
    deliverer = excluded.deliverer,
    courier = excluded.courier,
    officer = excluded.officer,
    procedure = excluded.procedure,
    delivered_at = excluded.delivered_at
WHERE kept IS DISTINCT FROM excluded
