-- Remittances of which one of the actor's organisations is giver or receiver ($1 sees everything, $2 organisations),
-- newest first: one ($3 code) or those of a person ($4), in a state ($5), after one ($6 at, $7 code), $8 at most. Who
-- neither counts nor supervises ($9, or nothing) sees the own ones: what a colleague hands over is no one else's business.
SELECT *
FROM remittance
WHERE ($1::boolean OR organisation = ANY ($2::text[]) OR receiver = ANY ($2::text[]))
AND ($9::text IS NULL OR person = $9)
AND ($3::text IS NULL OR code = $3)
AND ($4::text IS NULL OR person = $4)
AND ($5::text IS NULL OR state = $5)
AND ($6::timestamptz IS NULL OR (at, code) < ($6, $7::text))
ORDER BY at DESC, code DESC
LIMIT $8
