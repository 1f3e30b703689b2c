-- Dossiers of some agencies ($1) that go on since what was asked for came in, not before $2; from an instant and dossier on
-- ($3, $4), the first $5. Those whose limit is near at $6 are on the list for that.
WITH mine AS (
    SELECT d.code FROM dossier AS d WHERE d.desk = ANY($1::text[]) AND d.supplements > 0 AND d.status = 4
    UNION
    SELECT d.code FROM dossier AS d WHERE d.authority = ANY($1::text[]) AND d.supplements > 0 AND d.status = 4
)
SELECT d.code AS dossier, asked.at, c.due, c.due_extended, c.holder, d.procedure, d.status
FROM mine
JOIN dossier AS d ON d.code = mine.code
CROSS JOIN LATERAL (
    SELECT max(answered_at) AS at FROM supplement_request WHERE supplement_request.dossier = d.code
) AS asked
LEFT JOIN dossier_clock AS c ON c.dossier = d.code AND c.clock = 'C3' AND c.stopped_at IS NULL
WHERE asked.at >= $2
AND (asked.at, d.code) > ($3, $4::text)
AND (c.due IS NULL OR (c.near_at > $6 AND c.due > $6))
ORDER BY asked.at, d.code
LIMIT $5
