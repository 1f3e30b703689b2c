-- The pieces that wait at a giver ($1) for a manifest, by code ($2 how many at most): it alone holds them, they are in
-- nothing else, offered to nobody, and on no open manifest.
SELECT
    custody.code,
    piece.destination,
    COALESCE(piece.authority, piece.origin) AS home,
    custody.phase = 'returning' AS returning
FROM custody
JOIN piece ON piece.code = custody.code
WHERE custody.claims @> ARRAY[$1::text]
AND cardinality(custody.claims) = 1
AND custody.container IS NULL
AND custody.offer IS NULL
AND custody.phase IN ('registered', 'held', 'returning')
AND NOT EXISTS (
    SELECT FROM manifest_line WHERE manifest_line.piece = custody.code AND manifest_line.open
)
ORDER BY custody.code
LIMIT $2
