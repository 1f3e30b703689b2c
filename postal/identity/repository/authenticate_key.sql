-- Whose keys are these ($1 their hashes) at the instant $2, and what do their organisations see? The last use of a key is
-- noted at most once a minute, and not at all while another request is noting it: nobody waits for that.
WITH RECURSIVE found AS (
    SELECT k.hash, k.prefix, k.organisation, k.roles, k.device, k.last_used_at, o.kind = 'ministry' AS national
    FROM api_key AS k
    JOIN organisation AS o ON o.code = k.organisation
    LEFT JOIN device AS d ON d.code = k.device
    WHERE k.hash = ANY($1::bytea[])
      AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR $2 < k.expires_at)
      AND (d.revoked_at IS NULL OR $2 < d.revoked_at)
),
seen AS (
    SELECT organisation AS of, organisation AS code FROM found
    UNION
    SELECT s.of, o.code
    FROM organisation AS o
    JOIN seen AS s ON o.successor = s.code
    WHERE o.valid_to <= ($2 AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
),
due AS (
    SELECT k.prefix
    FROM api_key AS k
    WHERE k.prefix IN (
        SELECT prefix FROM found WHERE last_used_at IS NULL OR last_used_at < $2 - interval '1 minute'
    )
    FOR NO KEY UPDATE SKIP LOCKED
),
noted AS (
    UPDATE api_key AS k SET last_used_at = $2 FROM due WHERE k.prefix = due.prefix
)
SELECT
    hash, prefix, organisation, roles, device, national,
    ARRAY(SELECT seen.code FROM seen WHERE seen.of = found.organisation) AS sees
FROM found
