-- How far the national portal knows what we know: $1 all or the dossiers that $2 see.
WITH seen AS (
    SELECT d.code, d.status
    FROM dossier AS d
    WHERE d.source IS NULL
      AND ($1::boolean OR EXISTS (
          SELECT FROM visibility AS v WHERE v.piece = d.code AND v.organisation = ANY ($2::text[])
      ))
),
judged AS (
    SELECT
        EXISTS (SELECT FROM portal_receipt AS r WHERE r.dossier = seen.code AND r.state = 'accepted') AS known,
        EXISTS (SELECT FROM portal_receipt AS r WHERE r.dossier = seen.code AND r.state = 'accepted'
                                                  AND r.portal_status = seen.status) AS current,
        EXISTS (SELECT FROM portal_receipt AS r WHERE r.dossier = seen.code AND r.state = 'refused'
                                                  AND r.portal_status = seen.status) AS refused
    FROM seen
)
SELECT
    count(*) AS dossiers,
    count(*) FILTER (WHERE known) AS synchronised,
    count(*) FILTER (WHERE NOT current) AS waiting,
    count(*) FILTER (WHERE NOT current AND refused) AS refused
FROM judged
