-- Which of these sessions ($1 the hashes of their tokens) hold at the instant $2, if they were used within $3?
SELECT s.token_hash
FROM session AS s
WHERE s.token_hash = ANY($1::bytea[])
AND $2 < s.expires_at
AND $2 - $3::interval < s.seen_at
AND EXISTS (
    SELECT
    FROM assignment AS a
    WHERE a.person = s.person
    AND a.organisation = s.organisation
    AND a.valid_from <= $2
    AND (a.valid_to IS NULL OR $2 < a.valid_to)
)
