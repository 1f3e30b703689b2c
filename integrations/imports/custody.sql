-- The dossiers whose desk, authority or unit is among $1, after the code $2, at most $3, with who answers for the papers
-- and for the result by now.
SELECT
    d.code, d.procedure, d.status, d.registered_at, d.received_at, d.due_now, d.completed_at, d.closed_at,
    p.phase AS papers_phase, p.claims AS papers_claims, p.since AS papers_since,
    r.phase AS result_phase, r.claims AS result_claims, r.since AS result_since
FROM dossier AS d
LEFT JOIN custody AS p ON p.code = d.code
LEFT JOIN custody AS r ON r.code = d.code || '-KQ'
WHERE (d.desk = ANY($1::text[]) OR d.authority = ANY($1::text[]) OR d.unit = ANY($1::text[])
    OR d.office = ANY($1::text[])) AND d.code > $2
ORDER BY d.code
LIMIT $3
