-- Incidents of pieces that the actor sees ($1 sees everything, $2 organisations), newest first, with who answers now
-- ($3 piece, $4 state, $5 holder, $6 and $7 opened_at and piece of the last one shown, $8 how many).
SELECT incident.*, custody.claims
FROM incident
LEFT JOIN custody ON custody.code = incident.piece
WHERE (
    $1
    OR EXISTS (
        SELECT FROM visibility WHERE visibility.piece = incident.piece AND visibility.organisation = ANY($2::text[])
    )
)
AND ($3::text IS NULL OR incident.piece = $3)
AND ($4::text IS NULL OR incident.state = $4)
AND ($5::text IS NULL OR custody.claims @> ARRAY[$5::text])
AND ($6::timestamptz IS NULL OR (incident.opened_at, incident.piece) < ($6, $7::text))
ORDER BY incident.opened_at DESC, incident.piece DESC
LIMIT $8
