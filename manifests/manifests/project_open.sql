-- Settle which lines still keep their piece from other manifests ($1 codes, $2 kinds that answer): those of manifests
-- that have not ended, until anybody but the giver's side has scanned the piece, or the receiver has answered for
-- the whole manifest.
WITH settled AS (
    SELECT
        line.manifest,
        line.n,
        manifest.state IN ('sealed', 'dispatched', 'receiving')
        AND NOT EXISTS (
            SELECT
            FROM ledger_of(line.piece) AS entry
            WHERE entry.stream = 1
            AND entry.kind = ANY($2::text[])
            AND entry.organisation <> manifest.giver
            AND entry.organisation IS DISTINCT FROM manifest.carrier
            AND entry.corrected_at >= manifest.sealed_at
        )
        AND NOT EXISTS (
            SELECT
            FROM ledger_of(manifest.code) AS entry
            WHERE entry.stream = 1
            AND entry.kind IN ('receive', 'refuse')
            AND entry.organisation = manifest.receiver
        )
        AND NOT EXISTS (
            SELECT
            FROM manifest_line AS other
            WHERE other.piece = line.piece AND other.open AND other.manifest <> line.manifest
        ) AS open
    FROM manifest_line AS line
    JOIN manifest ON manifest.code = line.manifest
    WHERE manifest.state <> 'draft'
    AND (line.piece = ANY((SELECT $1::text[])::text[]) OR line.manifest = ANY((SELECT $1::text[])::text[]))
)
UPDATE manifest_line AS line
SET open = settled.open
FROM settled
WHERE line.manifest = settled.manifest
AND line.n = settled.n
AND line.open <> settled.open
