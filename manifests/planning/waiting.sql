-- The pieces that wait at a giver ($1) for a manifest, those whose limit is next first ($2 how many at most): it alone
-- holds them, they are in nothing else, offered to nobody, and on no open manifest. A limit is the first that runs for
-- any dossier that a piece is, was made for, or holds in a bag.
WITH waiting AS MATERIALIZED (
    SELECT
        custody.code,
        piece.kind,
        COALESCE(custody.instruction ->> 'destination', piece.destination) AS destination,
        piece.origin,
        COALESCE(piece.authority, piece.origin) AS home,
        custody.phase = 'returning' AS returning,
        piece.registered_at AS accepted_at,
        piece.dossiers
    FROM custody
    JOIN piece ON piece.code = custody.code
    WHERE custody.claims @> ARRAY[$1::text]
    AND cardinality(custody.claims) = 1
    AND custody.container IS NULL
    AND custody.offer IS NULL
    AND custody.phase IN ('registered', 'held', 'returning')
    -- A completion that was taken back leaves its result registered: it is none until the case is completed again.
    AND NOT (piece.kind = 'result' AND EXISTS (
        SELECT FROM dossier WHERE dossier.code = ANY (piece.dossiers) AND dossier.completed_at IS NULL
    ))
    AND NOT EXISTS (
        SELECT FROM manifest_line WHERE manifest_line.piece = custody.code AND manifest_line.open
    )
),
named AS (
    SELECT code, code AS paper FROM waiting WHERE kind = 'dossier'
    UNION
    SELECT code, unnest(dossiers) FROM waiting
    UNION
    SELECT waiting.code, unnest(CASE packed.kind WHEN 'dossier' THEN ARRAY[packed.code] ELSE packed.dossiers END)
    FROM waiting
    JOIN custody AS inside ON inside.container = waiting.code
    JOIN piece AS packed ON packed.code = inside.code
    WHERE waiting.kind = 'bag'
),
-- An item may have been made for a result: then it is about the dossier of that.
concerned AS MATERIALIZED (
    SELECT DISTINCT named.code, unnest(COALESCE(result.dossiers, ARRAY[named.paper])) AS dossier
    FROM named
    LEFT JOIN LATERAL (
        SELECT piece.dossiers FROM piece WHERE piece.code = named.paper AND piece.kind = 'result' OFFSET 0
    ) AS result ON TRUE
),
running AS (
    SELECT DISTINCT ON (concerned.code) concerned.code, open.due, open.clock
    FROM concerned
    -- A look-up a dossier, however many clocks there are in all.
    CROSS JOIN LATERAL (
        SELECT due, clock
        FROM dossier_clock
        WHERE dossier_clock.dossier = concerned.dossier
        AND dossier_clock.clock IN ('C1', 'C3', 'C5', 'C6')
        AND dossier_clock.stopped_at IS NULL
        AND dossier_clock.due IS NOT NULL
        OFFSET 0
    ) AS open
    ORDER BY concerned.code, open.due, open.clock
),
office AS (
    SELECT concerned.code, min(dossier.office) AS office
    FROM concerned
    JOIN dossier ON dossier.code = concerned.dossier
    GROUP BY concerned.code
    HAVING count(DISTINCT dossier.office) = 1
)
SELECT
    waiting.code, kind, destination, origin, home, waiting.returning, accepted_at, office.office, running.due, running.clock
FROM waiting
LEFT JOIN running ON running.code = waiting.code
LEFT JOIN office ON office.code = waiting.code
ORDER BY running.due NULLS LAST, waiting.code
LIMIT $2
