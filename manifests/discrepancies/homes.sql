-- The sealed manifests on which pieces are listed, themselves or by a bag that they were packed in, in the order of their
-- sealing ($1 pieces).
SELECT listed.piece, manifest.code AS manifest, listed.bag
FROM (
    SELECT piece, manifest, NULL AS bag FROM manifest_line WHERE piece = ANY($1::text[])
    UNION
    SELECT packed.code, line.manifest, packed.subject
    FROM ledger_subject AS packed
    JOIN manifest_line AS line ON line.piece = packed.subject
    WHERE packed.code = ANY($1::text[]) AND packed.stream = 1 AND packed.subject LIKE 'TUI-%'
) AS listed
JOIN manifest ON manifest.code = listed.manifest
WHERE manifest.sealed_at IS NOT NULL AND manifest.cancelled_at IS NULL
ORDER BY manifest.sealed_at, manifest.code, listed.bag
