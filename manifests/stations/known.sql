-- Everything that some organisations ($1) hold or are offered, as far as a station must know it: no word about people.
SELECT
    custody.code,
    piece.kind,
    custody.phase,
    custody.claims && $1::text[] AS held,
    COALESCE(custody.offer ->> 'receiver' = ANY($1::text[]), FALSE) AS offered,
    custody.container,
    COALESCE(custody.instruction ->> 'destination', piece.destination) AS destination,
    custody.offer ->> 'manifest' AS manifest
FROM custody
JOIN piece ON piece.code = custody.code
WHERE
    (custody.claims && $1::text[] AND custody.phase NOT IN ('delivered', 'returned', 'lost'))
    OR (custody.offer IS NOT NULL AND custody.offer ->> 'receiver' = ANY($1::text[]))
ORDER BY custody.code
LIMIT $2
