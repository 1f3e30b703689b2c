-- Which dossiers some rows are about ($1 ids, $2 kinds, $3 codes): those that they name, those whose result they name or
-- whose papers the item carries that they name, and those that money was paid for.
WITH said AS (
    SELECT event, kind, code, kind IN ('deliver', 'return', 'correct') AS hand
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (event, kind, code)
),
about AS (
    SELECT event, kind, code AS dossier, false AS delivery FROM said WHERE NOT hand
    UNION
    SELECT event, kind, left(code, -3), true FROM said WHERE hand AND code LIKE '%-KQ'
    UNION
    SELECT said.event, said.kind, left(paper, -3), true
    FROM said
    JOIN piece ON piece.code = said.code
    CROSS JOIN LATERAL unnest(piece.dossiers) AS paper
    WHERE hand AND paper LIKE '%-KQ'
    UNION
    SELECT said.event, said.kind, fee.dossier, false
    FROM said
    JOIN fee_entry AS fee ON fee.id = said.event
    WHERE fee.line <> 'fare'
)
SELECT
    about.event, about.kind, about.dossier, about.delivery,
    array_remove(ARRAY[d.desk, d.authority, d.unit], NULL) AS parties
FROM about
JOIN dossier AS d ON d.code = about.dossier
WHERE d.source IS NULL
