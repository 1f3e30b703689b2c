-- Entries that an actor may see ($1 sees everything, $2 organisations), newest first: one ($3 id) or those of a dossier
-- ($4), a person ($5), a day ($6), a channel ($7), after one ($8 at, $9 id), $10 at most. What belongs to a dossier that
-- the actor sees is seen too, since its agency must know what was paid.
SELECT
    entry.*,
    line.remittance,
    line.counted AS remitted
FROM fee_entry AS entry
LEFT JOIN LATERAL (
    SELECT remittance_line.remittance, remittance_line.counted
    FROM remittance_line
    JOIN remittance ON remittance.code = remittance_line.remittance AND remittance.state <> 'withdrawn'
    WHERE remittance_line.fee = entry.id
    ORDER BY remittance.at, remittance.code
    LIMIT 1
) AS line ON true
WHERE (
    $1::boolean
    OR entry.organisation = ANY ($2::text[])
    OR EXISTS (
        SELECT FROM visibility WHERE visibility.piece = entry.dossier AND visibility.organisation = ANY ($2::text[])
    )
)
AND ($3::uuid IS NULL OR entry.id = $3)
AND ($4::text IS NULL OR entry.dossier = $4)
AND ($5::text IS NULL OR entry.person = $5)
AND ($6::date IS NULL OR entry.day = $6)
AND ($7::text IS NULL OR entry.channel = $7)
AND ($8::timestamptz IS NULL OR (entry.at, entry.id) < ($8, $9::uuid))
ORDER BY entry.at DESC, entry.id DESC
LIMIT $10
