-- Whose session is this ($1 the hash of its token) at the instant $2, if it was seen within $3? The roles are those
-- that the person has at this moment, so that the end of an assignment is felt at once.
WITH RECURSIVE found AS (
    SELECT s.token_hash, s.person, s.organisation, s.seen_at, o.kind = 'ministry' AS national,
           ARRAY(
               SELECT DISTINCT a.role
               FROM assignment AS a
               WHERE a.person = s.person
                 AND a.organisation = s.organisation
                 AND a.valid_from <= $2
                 AND (a.valid_to IS NULL OR $2 < a.valid_to)
           ) AS roles
    FROM session AS s
    JOIN organisation AS o ON o.code = s.organisation
    WHERE s.token_hash = $1 AND $2 < s.expires_at AND $2 - $3::interval < s.seen_at
),
seen AS (
    SELECT organisation AS code FROM found
    UNION
    SELECT o.code
    FROM organisation AS o
    JOIN seen AS s ON o.successor = s.code
    WHERE o.valid_to <= ($2 AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
),
due AS (
    SELECT s.token_hash
    FROM session AS s
    WHERE s.token_hash IN (SELECT token_hash FROM found WHERE seen_at < $2 - interval '1 minute')
    FOR NO KEY UPDATE SKIP LOCKED
),
noted AS (
    UPDATE session AS s SET seen_at = $2 FROM due WHERE s.token_hash = due.token_hash
)
SELECT person, organisation, roles, national, ARRAY(SELECT code FROM seen) AS sees
FROM found
WHERE cardinality(roles) > 0
