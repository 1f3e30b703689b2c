-- Discrepancies of which the actor's organisations are a party ($1 sees everything, $2 organisations, $3 id, $4 manifest,
-- $5 owner, $6 state, $7 and $8 opened_at and id of the last one shown, $9 how many, $10 overdue at, $11 assignee),
-- newest first.
SELECT discrepancy.*
FROM discrepancy
JOIN manifest ON manifest.code = discrepancy.manifest
WHERE (
    $1
    OR discrepancy.owner = ANY($2::text[])
    OR manifest.giver = ANY($2::text[])
    OR manifest.receiver = ANY($2::text[])
    OR manifest.carrier = ANY($2::text[])
)
AND ($3::uuid IS NULL OR discrepancy.id = $3)
AND ($4::text IS NULL OR discrepancy.manifest = $4)
AND ($5::text IS NULL OR discrepancy.owner = $5)
AND ($6::text IS NULL OR discrepancy.state = $6)
AND ($10::timestamptz IS NULL OR (discrepancy.state = 'open' AND discrepancy.deadline < $10))
AND ($11::text IS NULL OR discrepancy.assignee = $11)
AND ($7::timestamptz IS NULL OR (discrepancy.opened_at, discrepancy.id) < ($7, $8::uuid))
ORDER BY discrepancy.opened_at DESC, discrepancy.id DESC
LIMIT $9
