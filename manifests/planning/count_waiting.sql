-- How many pieces wait at a giver ($1) for a manifest, counted up to a bound ($2); which ones do, waiting.sql says.
SELECT count(*)
FROM (
    SELECT
    FROM custody
    JOIN piece ON piece.code = custody.code
    WHERE custody.claims @> ARRAY[$1::text]
    AND cardinality(custody.claims) = 1
    AND custody.container IS NULL
    AND custody.offer IS NULL
    AND custody.phase IN ('registered', 'held', 'returning')
    AND NOT (piece.kind = 'result' AND EXISTS (
        SELECT FROM dossier WHERE dossier.code = ANY (piece.dossiers) AND dossier.completed_at IS NULL
    ))
    AND NOT EXISTS (
        SELECT FROM manifest_line WHERE manifest_line.piece = custody.code AND manifest_line.open
    )
    LIMIT $2
) AS found
