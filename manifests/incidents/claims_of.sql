-- Claims for pieces that the actor sees ($1 sees everything, $2 organisations), newest first ($3 code, $4 piece,
-- $5 state, $6 and $7 lodged_at and code of the last one shown, $8 how many).
SELECT claim.*
FROM claim
WHERE (
    $1
    OR EXISTS (
        SELECT FROM visibility WHERE visibility.piece = claim.piece AND visibility.organisation = ANY($2::text[])
    )
)
AND ($3::text IS NULL OR claim.code = $3)
AND ($4::text IS NULL OR claim.piece = $4)
AND ($5::text IS NULL OR claim.state = $5)
AND ($6::timestamptz IS NULL OR (claim.lodged_at, claim.code) < ($6, $7::text))
ORDER BY claim.lodged_at DESC, claim.code DESC
LIMIT $8
