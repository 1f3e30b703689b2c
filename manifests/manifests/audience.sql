-- Which manifests are among these codes ($1), or list one of them, and who are their parties? A draft is its giver's alone.
SELECT
    manifest.code,
    manifest.giver,
    CASE WHEN manifest.state <> 'draft' THEN manifest.receiver END AS receiver,
    CASE WHEN manifest.state <> 'draft' THEN manifest.carrier END AS carrier
FROM manifest
WHERE manifest.code = ANY($1::text[])
OR manifest.code IN (SELECT manifest_line.manifest FROM manifest_line WHERE manifest_line.piece = ANY($1::text[]))
