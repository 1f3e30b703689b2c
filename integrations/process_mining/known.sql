-- Which of some codes ($1) stand in the log of a period ($2 to before $3) for an actor ($4 sees everything; $5 its
-- organisations), and as what: the same question as pieces.sql, manifests.sql and trips.sql answer ($6 as their $7).
SELECT thing.code, thing.type
FROM (
    SELECT
        code, kind AS type, registered_at AS at,
        $4::boolean
        OR EXISTS (
            SELECT FROM visibility
            WHERE visibility.piece = piece.code AND visibility.organisation = ANY ($5::text[])
            OFFSET 0
        ) AS seen
    FROM piece
    WHERE code = ANY ((SELECT $1::text[])::text[])
    UNION ALL
    SELECT
        code, 'manifest', created_at,
        state <> 'draft' AND ($4::boolean OR ARRAY[giver, receiver, carrier] && $5::text[])
    FROM manifest
    WHERE code = ANY ((SELECT $1::text[])::text[])
    UNION ALL
    SELECT code, 'trip', opened_at, $4::boolean OR parties && $5::text[]
    FROM trip
    WHERE code = ANY ((SELECT $1::text[])::text[])
) AS thing
WHERE thing.seen
AND thing.at >= $2::timestamptz
AND thing.at < $3::timestamptz
AND EXISTS (SELECT FROM ledger_of(thing.code) AS entry WHERE entry.position < $6::bigint)
