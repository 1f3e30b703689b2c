-- Take out the manifests whose time for another look has come ($1 now, $2 how many): a page of what is due, not of all.
DELETE FROM manifest_look
WHERE manifest = ANY(ARRAY(
    SELECT manifest
    FROM manifest_look
    WHERE due_at <= $1
    ORDER BY due_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
))
RETURNING manifest AS code
