-- The other sealed manifests that pieces are on ($1 pieces, $2 this manifest, $3 as of).
SELECT
    line.piece,
    manifest.code,
    manifest.giver,
    manifest.sealed_at,
    LEAST(manifest.closed_at, manifest.cancelled_at) AS ended_at,
    COALESCE(manifest.cancelled_at <= $3, false) AS cancelled
FROM manifest_line AS line
JOIN manifest ON manifest.code = line.manifest
WHERE line.piece = ANY($1::text[])
AND line.manifest <> $2
AND manifest.sealed_at <= $3
ORDER BY manifest.sealed_at, manifest.code
