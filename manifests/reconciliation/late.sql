-- The closed manifests about which something came to light after their closing ($1 codes): a scan that names the
-- manifest, one that had happened before and arrived late, or one that takes such a scan back; of its barcode, of a piece on its list or scanned under
-- it, or of what was ever packed in such a piece. A second content of an id is news as well.
WITH RECURSIVE outer_of (code, piece) AS (
    SELECT code, code FROM unnest((SELECT $1::text[])) AS code
    UNION
    SELECT link.subject, outer_of.piece
    FROM outer_of
    CROSS JOIN LATERAL (
        SELECT subject FROM ledger_subject WHERE code = outer_of.code AND stream = 1 OFFSET 0
    ) AS link
)
SELECT DISTINCT manifest.code
FROM (
    SELECT manifest_line.manifest, outer_of.piece FROM outer_of JOIN manifest_line ON manifest_line.piece = outer_of.code
    UNION
    SELECT manifest_scan.manifest, outer_of.piece FROM outer_of JOIN manifest_scan ON manifest_scan.piece = outer_of.code
    UNION
    SELECT manifest.code, manifest.code FROM outer_of JOIN manifest ON manifest.code = outer_of.code
) AS touched
CROSS JOIN LATERAL (
    SELECT code, closed_at FROM manifest WHERE manifest.code = touched.manifest AND closed_at IS NOT NULL OFFSET 0
) AS manifest
CROSS JOIN LATERAL (
    SELECT code, kind, organisation, corrected_at, received_at, body FROM ledger_of(touched.piece) WHERE stream = 1
    UNION ALL
    SELECT code, content ->> 'kind', content ->> 'organisation', corrected_at, received_at, content -> 'body'
    FROM ledger_dispute
    WHERE ledger_dispute.code = touched.piece AND (content ->> 'stream')::int = 1
) AS entry
WHERE entry.received_at > manifest.closed_at
AND (
    entry.body ->> 'manifest' = manifest.code
    OR entry.corrected_at <= manifest.closed_at
    OR entry.kind = 'correct'
)
ORDER BY 1
