-- A page of manifests, newest first ($1 sees everything, $2 the actor's organisations, $3 state, $4 giver, $5 receiver,
-- $6 and $7 created_at and code of the last one shown, $8 how many).
SELECT
    manifest.*,
    (SELECT count(*) FROM manifest_line WHERE manifest_line.manifest = manifest.code) AS line_count
FROM manifest
WHERE (
    $1
    OR manifest.giver = ANY($2::text[])
    OR (manifest.state <> 'draft' AND (manifest.receiver = ANY($2::text[]) OR manifest.carrier = ANY($2::text[])))
)
AND ($3::text IS NULL OR manifest.state = $3)
AND ($4::text IS NULL OR manifest.giver = $4)
AND ($5::text IS NULL OR manifest.receiver = $5)
AND ($6::timestamptz IS NULL OR (manifest.created_at, manifest.code) < ($6, $7::text))
ORDER BY manifest.created_at DESC, manifest.code DESC
LIMIT $8
