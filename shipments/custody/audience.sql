-- Whom does a change of these codes ($1) concern: whoever sees the piece, or as a unit works on the case.
SELECT organisation FROM visibility WHERE piece = ANY($1::text[])
UNION
SELECT unit FROM dossier WHERE code = ANY($1::text[]) AND unit IS NOT NULL
