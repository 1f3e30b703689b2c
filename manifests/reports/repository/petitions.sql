-- Petitions handled in [$1, $2), or overdue when it ended, by who answers for them (indicator 5.2).
WITH taken AS (
    SELECT
        feedback.organisation AS authority,
        coalesce(organisation.unit_code, '') AS commune,
        coalesce(refused_at, answered_at) < $2 IS TRUE AND late = '{}' AS in_time
    FROM feedback
    LEFT JOIN organisation ON organisation.code = feedback.organisation
    WHERE feedback.organisation IS NOT NULL
      AND category <> 'violation'
      AND ($3::boolean OR feedback.organisation = ANY ($4::text[]))
      AND (
          (coalesce(refused_at, answered_at) >= $1 AND coalesce(refused_at, answered_at) < $2)
          OR (feedback.received_at < $2 AND resolve_due < $2 AND coalesce(refused_at, answered_at, $2) >= $2)
      )
)
SELECT grouping(authority, commune) AS mask, authority, commune, count(*) AS handled,
    count(*) FILTER (WHERE in_time) AS in_time
FROM taken
GROUP BY GROUPING SETS ((), (authority), (commune))
