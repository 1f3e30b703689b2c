-- Settle which lines still keep their piece from other manifests ($1 codes, $2 kinds that answer): those of manifests
-- that have not ended, until anybody but the giver's side has scanned the piece, or the receiver has answered for
-- the whole manifest. What is disputed counts, or the content that came first would decide.
WITH settled AS (
    SELECT
        line.manifest,
        line.n,
        manifest.state IN ('sealed', 'dispatched', 'receiving')
        AND NOT EXISTS (
            SELECT
            FROM (
                SELECT code, kind, organisation, corrected_at, received_at, body FROM ledger_of(line.piece) WHERE stream = 1
                UNION ALL
                SELECT code, content ->> 'kind', content ->> 'organisation', corrected_at, received_at, content -> 'body'
                FROM ledger_dispute
                WHERE ledger_dispute.code = line.piece AND (content ->> 'stream')::int = 1
            ) AS entry
            WHERE entry.kind = ANY($2::text[])
            AND entry.organisation <> manifest.giver
            AND entry.organisation IS DISTINCT FROM manifest.carrier
            AND entry.corrected_at >= manifest.sealed_at
        )
        AND NOT EXISTS (
            SELECT
            FROM (
                SELECT code, kind, organisation, corrected_at, received_at, body FROM ledger_of(manifest.code) WHERE stream = 1
                UNION ALL
                SELECT code, content ->> 'kind', content ->> 'organisation', corrected_at, received_at, content -> 'body'
                FROM ledger_dispute
                WHERE ledger_dispute.code = manifest.code AND (content ->> 'stream')::int = 1
            ) AS entry
            WHERE entry.kind IN ('receive', 'refuse')
            AND entry.organisation = manifest.receiver
        )
        AND NOT EXISTS (
            SELECT
            FROM manifest_line AS other
            WHERE other.piece = line.piece AND other.open AND other.manifest <> line.manifest
        ) AS open
    FROM manifest_line AS line
    -- A look-up a line: how many lines there are is guessed far too high, and the guess is a scan of all manifests.
    CROSS JOIN LATERAL (SELECT * FROM manifest WHERE manifest.code = line.manifest OFFSET 0) AS manifest
    WHERE manifest.state <> 'draft'
    AND (line.piece = ANY((SELECT $1::text[])::text[]) OR line.manifest = ANY((SELECT $1::text[])::text[]))
)
UPDATE manifest_line AS line
SET open = settled.open
FROM settled
WHERE line.manifest = settled.manifest
AND line.n = settled.n
AND (line.piece = ANY((SELECT $1::text[])::text[]) OR line.manifest = ANY((SELECT $1::text[])::text[]))
AND line.open <> settled.open
