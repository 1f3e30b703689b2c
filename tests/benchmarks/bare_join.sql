-- The raw limit of reconciling ($1 manifest): its lines joined with what each side scanned, and no rule at all.
WITH listed AS (
    SELECT n, piece FROM manifest_line WHERE manifest = $1
),
scan AS (
    SELECT entry.id, entry.code AS piece, entry.organisation, entry.kind
    FROM (
        SELECT piece FROM listed
        UNION
        SELECT piece FROM manifest_scan WHERE manifest = $1
    ) AS known
    CROSS JOIN LATERAL ledger_of(known.piece) AS entry
    WHERE entry.stream = 1 AND entry.body ->> 'manifest' = $1
),
given AS (
    SELECT scan.* FROM scan JOIN manifest ON manifest.code = $1 AND manifest.giver = scan.organisation
),
received AS (
    SELECT scan.* FROM scan JOIN manifest ON manifest.code = $1 AND manifest.receiver = scan.organisation
)
SELECT listed.n, piece, given.id AS given, given.kind AS given_as, received.id AS received, received.kind AS received_as
FROM listed
FULL JOIN given USING (piece)
FULL JOIN received USING (piece)
ORDER BY listed.n, piece
