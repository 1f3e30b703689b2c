-- Requests that an actor sees ($1 everything, $2 its organisations), newest first: one ($3), in a state ($4), of a kind
-- ($5), open and late at $6, after a position ($7, $8), at most $9.
SELECT *
FROM privacy_request
WHERE ($1::boolean OR organisation = ANY ($2::text[]))
AND ($3::text IS NULL OR code = $3)
AND ($4::text IS NULL OR state = $4)
AND ($5::text IS NULL OR kind = $5)
AND ($6::timestamptz IS NULL OR (state = 'received' AND reply_due < $6) OR (state IN ('received', 'verified') AND due < $6))
AND ($7::timestamptz IS NULL OR (received_at, code) < ($7, $8::text))
ORDER BY received_at DESC, code DESC
LIMIT $9
