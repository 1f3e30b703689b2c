-- Steps that took longer than their hours and about which nothing was ever opened, those of the newest cases first. Each
-- organisation is asked for by an index of its own and gives no more than a page, so a page costs the same at any size.
SELECT dossier, ordinal, ended_at
FROM (
    (
        SELECT dossier, ordinal, ended_at
        FROM step_part
        WHERE $1::boolean AND exceeded = 1 AND month >= $3 AND month < $4
            AND ($5::text IS NULL OR procedure = $5)
            AND ($6::text IS NULL OR authority = $6)
            AND ($7::timestamptz IS NULL OR (ended_at, dossier, ordinal) < ($7, $8::text, $9::integer))
            AND NOT EXISTS (
                SELECT FROM nonconformity
                WHERE nonconformity.dossier = step_part.dossier AND nonconformity.span = step_part.ordinal
            )
        ORDER BY ended_at DESC, dossier DESC, ordinal DESC
        LIMIT $10
    )
    UNION
    SELECT found.*
    FROM unnest($2::text[]) AS own (code)
    CROSS JOIN LATERAL (
        SELECT * FROM (
        SELECT dossier, ordinal, ended_at
        FROM step_part
        WHERE authority = own.code AND exceeded = 1 AND month >= $3 AND month < $4
            AND ($5::text IS NULL OR procedure = $5)
            AND ($6::text IS NULL OR authority = $6)
            AND ($7::timestamptz IS NULL OR (ended_at, dossier, ordinal) < ($7, $8::text, $9::integer))
            AND NOT EXISTS (
                SELECT FROM nonconformity
                WHERE nonconformity.dossier = step_part.dossier AND nonconformity.span = step_part.ordinal
            )
        ORDER BY ended_at DESC, dossier DESC, ordinal DESC
        LIMIT $10
    ) AS by_authority
        UNION
        SELECT * FROM (
        SELECT dossier, ordinal, ended_at
        FROM step_part
        WHERE desk = own.code AND exceeded = 1 AND month >= $3 AND month < $4
            AND ($5::text IS NULL OR procedure = $5)
            AND ($6::text IS NULL OR authority = $6)
            AND ($7::timestamptz IS NULL OR (ended_at, dossier, ordinal) < ($7, $8::text, $9::integer))
            AND NOT EXISTS (
                SELECT FROM nonconformity
                WHERE nonconformity.dossier = step_part.dossier AND nonconformity.span = step_part.ordinal
            )
        ORDER BY ended_at DESC, dossier DESC, ordinal DESC
        LIMIT $10
    ) AS by_desk
        UNION
        SELECT * FROM (
        SELECT dossier, ordinal, ended_at
        FROM step_part
        WHERE unit = own.code AND exceeded = 1 AND month >= $3 AND month < $4
            AND ($5::text IS NULL OR procedure = $5)
            AND ($6::text IS NULL OR authority = $6)
            AND ($7::timestamptz IS NULL OR (ended_at, dossier, ordinal) < ($7, $8::text, $9::integer))
            AND NOT EXISTS (
                SELECT FROM nonconformity
                WHERE nonconformity.dossier = step_part.dossier AND nonconformity.span = step_part.ordinal
            )
        ORDER BY ended_at DESC, dossier DESC, ordinal DESC
        LIMIT $10
    ) AS by_unit
    ) AS found
    WHERE NOT $1
) AS page
ORDER BY ended_at DESC, dossier DESC, ordinal DESC
LIMIT $10
