-- Let manifests be receiving from the receiver's first scan on: of a line, or under the manifest or its barcode
-- ($1 codes, $2 kinds that answer). Only ever earlier, so that any order of calls ends alike; and
-- what is disputed counts, or the content that came first would decide.
WITH touched AS (
    SELECT manifest, piece, true AS listed FROM manifest_line WHERE piece = ANY((SELECT $1::text[])::text[])
    UNION
    SELECT manifest, piece, false FROM manifest_scan WHERE piece = ANY((SELECT $1::text[])::text[])
    UNION
    SELECT code, code, true FROM manifest WHERE code = ANY((SELECT $1::text[])::text[])
    UNION
    SELECT manifest, piece, true FROM manifest_line WHERE manifest = ANY((SELECT $1::text[])::text[])
    UNION
    SELECT manifest, piece, false FROM manifest_scan WHERE manifest = ANY((SELECT $1::text[])::text[])
),
begun AS (
    SELECT manifest.code, min(entry.corrected_at) AS at
    FROM touched
    JOIN manifest ON manifest.code = touched.manifest AND manifest.sealed_at IS NOT NULL
    CROSS JOIN LATERAL (
        SELECT code, kind, organisation, corrected_at, received_at, body FROM ledger_of(touched.piece) WHERE stream = 1
        UNION ALL
        SELECT code, content ->> 'kind', content ->> 'organisation', corrected_at, received_at, content -> 'body'
        FROM ledger_dispute
        WHERE ledger_dispute.code = touched.piece AND (content ->> 'stream')::int = 1
    ) AS entry
    WHERE entry.kind = ANY($2::text[])
    AND entry.organisation = manifest.receiver
    AND (entry.body ->> 'manifest' = manifest.code OR (touched.listed AND entry.corrected_at >= manifest.sealed_at))
    AND (entry.code <> manifest.code OR entry.kind IN ('receive', 'refuse', 'arrive'))
    AND NOT EXISTS (
        SELECT
        FROM manifest_line AS later
        JOIN manifest AS other ON other.code = later.manifest
        WHERE later.piece = entry.code
        AND other.sealed_at > manifest.sealed_at
        AND other.sealed_at <= entry.corrected_at
        AND entry.body ->> 'manifest' IS DISTINCT FROM manifest.code
    )
    GROUP BY manifest.code
)
UPDATE manifest
SET
    receiving_at = LEAST(manifest.receiving_at, begun.at),
    state = CASE WHEN manifest.state IN ('sealed', 'dispatched') THEN 'receiving' ELSE manifest.state END
FROM (SELECT * FROM begun ORDER BY code) AS begun
WHERE manifest.code = begun.code
AND (manifest.receiving_at IS NULL OR manifest.receiving_at > begun.at OR manifest.state IN ('sealed', 'dispatched'))
