-- The closed manifests about which something came to light after their closing ($1 codes): a scan that names the
-- manifest, or one that had happened before and arrived late.
SELECT DISTINCT manifest.code
FROM (
    SELECT manifest, piece FROM manifest_line WHERE piece = ANY((SELECT $1::text[])::text[])
    UNION
    SELECT manifest, piece FROM manifest_scan WHERE piece = ANY((SELECT $1::text[])::text[])
) AS touched
JOIN manifest ON manifest.code = touched.manifest AND manifest.closed_at IS NOT NULL
CROSS JOIN LATERAL ledger_of(touched.piece) AS entry
WHERE entry.stream = 1
AND entry.received_at > manifest.closed_at
AND (entry.body ->> 'manifest' = manifest.code OR entry.corrected_at <= manifest.closed_at)
ORDER BY 1
