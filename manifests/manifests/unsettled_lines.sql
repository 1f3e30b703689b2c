-- The lines whose `open` is not what the ledger says, and what it should be ($1 codes, $2 kinds that answer): a line keeps
-- its piece from other manifests while its manifest has not ended, until anybody but the giver's side has scanned the
-- piece, or the receiver has answered for the whole manifest. What was taken back says nothing; what is disputed
-- counts, or the content that came first would decide. Of several that would keep one piece (a scan that had freed it
-- was taken back) the one that was sealed last has it.
WITH touched AS (
    SELECT DISTINCT piece
    FROM manifest_line
    WHERE piece = ANY((SELECT $1::text[])::text[]) OR manifest = ANY((SELECT $1::text[])::text[])
),
candidate AS (
    SELECT
        line.manifest,
        line.n,
        line.piece,
        line.open,
        manifest.sealed_at,
        manifest.state IN ('sealed', 'dispatched', 'receiving')
        AND NOT EXISTS (
            SELECT
            FROM (
                SELECT id, kind, organisation, corrected_at FROM ledger_of(line.piece) WHERE stream = 1
                UNION ALL
                SELECT id, content ->> 'kind', content ->> 'organisation', corrected_at
                FROM ledger_dispute
                WHERE ledger_dispute.code = line.piece AND (content ->> 'stream')::int = 1
            ) AS entry
            WHERE entry.kind = ANY($2::text[])
            AND entry.organisation <> manifest.giver
            AND entry.organisation IS DISTINCT FROM manifest.carrier
            AND entry.corrected_at >= manifest.sealed_at
            AND NOT scan_taken_back(line.piece, entry.id, entry.organisation, entry.corrected_at)
        )
        AND NOT EXISTS (
            SELECT
            FROM (
                SELECT id, kind, organisation, corrected_at FROM ledger_of(manifest.code) WHERE stream = 1
                UNION ALL
                SELECT id, content ->> 'kind', content ->> 'organisation', corrected_at
                FROM ledger_dispute
                WHERE ledger_dispute.code = manifest.code AND (content ->> 'stream')::int = 1
            ) AS entry
            WHERE entry.kind IN ('receive', 'refuse')
            AND entry.organisation = manifest.receiver
            AND NOT scan_taken_back(manifest.code, entry.id, entry.organisation, entry.corrected_at)
        ) AS keeps
    FROM touched
    CROSS JOIN LATERAL (SELECT * FROM manifest_line WHERE manifest_line.piece = touched.piece OFFSET 0) AS line
    -- A look-up a line: how many lines there are is guessed far too high, and the guess is a scan of all manifests.
    CROSS JOIN LATERAL (SELECT * FROM manifest WHERE manifest.code = line.manifest OFFSET 0) AS manifest
    WHERE manifest.state <> 'draft'
),
settled AS (
    SELECT
        manifest,
        n,
        open AS was,
        keeps
        AND row_number() OVER (PARTITION BY piece ORDER BY keeps DESC, sealed_at DESC, manifest DESC) = 1
        -- A draft that has it meanwhile keeps it.
        AND NOT EXISTS (
            SELECT
            FROM manifest_line AS other
            CROSS JOIN LATERAL (SELECT state FROM manifest WHERE manifest.code = other.manifest OFFSET 0) AS draft
            WHERE other.piece = candidate.piece AND other.open AND draft.state = 'draft'
        ) AS open
    FROM candidate
)
SELECT manifest, n, open FROM settled WHERE open <> was ORDER BY manifest, n
