-- The next dossiers of a period ($1, $2 behind this instant and code; $3 the period's end; $4 how many), each with its
-- steps in the order of our corrected clock: those of its papers, of its result, and of the items made for either. One
-- that the actor may not see ($5 sees everything; $6 its organisations) is told as not wanted, without anything of it,
-- so that no statement looks at more dossiers than a page has. Rows from $7 on came after the export had begun.
-- Steps of the case by name are for its agencies and inspectors, people for their own organisation and inspectors.
WITH page AS MATERIALIZED (
    SELECT
        code, procedure, authority, desk, office, service_mode, registered_at,
        $5::boolean OR ARRAY[desk, authority, unit] && $6::text[] AS knows_steps,
        COALESCE(unit = ANY ($6::text[]), false) AS is_unit
    FROM dossier
    WHERE (registered_at, code) > ($1::timestamptz, $2::text)
    AND registered_at < $3::timestamptz
    ORDER BY registered_at, code
    LIMIT $4::integer
),
subject AS MATERIALIZED (
    SELECT page.code AS dossier, about.code, about.type
    FROM page
    CROSS JOIN LATERAL (
        SELECT page.code, 'dossier' AS type
        UNION ALL
        SELECT page.code || '-KQ', 'result'
        UNION ALL
        SELECT piece.code, piece.kind
        FROM piece
        WHERE piece.dossiers && ARRAY[page.code, page.code || '-KQ'] AND piece.dossiers <> '{}'
    ) AS about
    WHERE $5::boolean
    OR (page.is_unit AND about.type = 'dossier')
    OR EXISTS (
        SELECT FROM visibility
        WHERE visibility.piece = about.code AND visibility.organisation = ANY ($6::text[])
        OFFSET 0
    )
)
SELECT
    page.code AS "case", page.procedure, page.authority, page.desk, page.office, page.service_mode, page.registered_at,
    EXISTS (SELECT FROM subject AS own WHERE own.code = page.code) AS wanted,
    entry.id, entry.corrected_at AS at, entry.kind, entry.code, subject.type, entry.organisation,
    CASE WHEN $5::boolean OR entry.organisation = ANY ($6::text[]) THEN entry.person END AS person,
    CASE WHEN page.knows_steps THEN entry.body ->> 'step' END AS step,
    entry.body ->> 'place' AS place,
    entry.body ->> 'manifest' AS manifest,
    entry.body ->> 'container' AS container,
    entry.body ->> 'counterparty' AS counterparty,
    entry.body ->> 'condition' AS condition,
    entry.body ->> 'reason' AS reason
FROM page
LEFT JOIN (
    subject
    CROSS JOIN LATERAL ledger_of(subject.code) AS entry
) ON subject.dossier = page.code
    AND entry.position < $7::bigint
    AND NOT EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.id = entry.id)
ORDER BY page.registered_at, page.code, entry.corrected_at, entry.id
