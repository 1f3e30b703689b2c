-- How often what is personal about some codes ($1) was read, by the kind of the reader's organisation: deeds named so
-- ($2), and looks of inspectors (whose deeds are like $3). An inspector's request that also showed what is personal ($4)
-- has two entries of one instant, and is one look.
SELECT organisation.kind, count(*) AS times, max(audit.at) AS last
FROM audit
LEFT JOIN organisation ON organisation.code = audit.organisation
WHERE array_append(string_to_array(audit.subject, '/'), audit.detail ->> 'code') && $1::text[]
  AND (
      audit.action = ANY($2::text[])
      OR audit.action LIKE $3 AND NOT EXISTS (
          SELECT FROM audit AS shown
          WHERE shown.subject = ANY($1::text[]) AND shown.action = $4
              AND shown.actor = audit.actor AND shown.at = audit.at
      )
  )
GROUP BY organisation.kind
ORDER BY times DESC, organisation.kind
