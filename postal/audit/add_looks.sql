-- What one request showed ($1: id, subject, detail), at $2, to whom ($3, of $4), as a deed ($5). What the same person was
-- told of the same thing since an id ($6) is not written again.
INSERT INTO audit (id, at, actor, organisation, action, subject, detail)
SELECT given.id, $2, $3, $4, $5, given.subject, given.detail
FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, subject text, detail jsonb)
WHERE NOT EXISTS (
    SELECT FROM audit AS known
    WHERE known.subject = given.subject AND known.id >= $6
        AND known.action = $5 AND known.actor = $3 AND known.organisation IS NOT DISTINCT FROM $4
        AND known.detail @> given.detail
)
