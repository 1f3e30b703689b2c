-- Cases that an actor sees ($1 everything, $2 its organisations, $3 reports of violations), newest first: one ($4), in a
-- state ($5), of a category ($6), with an organisation ($7), open and late at $8, after a position ($9, $10), at most $11.
SELECT feedback.*
FROM feedback
WHERE ($1::boolean OR parties && $2::text[])
AND ($3::boolean OR category <> 'violation')
AND ($4::text IS NULL OR code = $4)
AND ($5::text IS NULL OR state = $5)
AND ($6::text IS NULL OR category = $6)
AND ($7::text IS NULL OR organisation = $7)
AND ($8::timestamptz IS NULL OR (state IN ('received', 'accepted') AND resolve_due < $8)
     OR (state = 'answered' AND publish_due < $8))
AND ($9::timestamptz IS NULL OR (received_at, code) < ($9, $10::text))
ORDER BY received_at DESC, code DESC
LIMIT $11
