-- Restore the lines of recorded manifests where they are gone ($1 codes); `open` is settled afterwards.
INSERT INTO manifest_line (manifest, n, piece, open)
SELECT DISTINCT ON (record.code, line.n) record.code, line.n, line.piece, false
FROM unnest((SELECT $1::text[])) AS asked (code)
CROSS JOIN LATERAL ledger_of(asked.code) AS record
CROSS JOIN LATERAL jsonb_array_elements_text(record.body -> 'lines') WITH ORDINALITY AS line (piece, n)
WHERE record.stream = 3
AND record.kind IN ('manifest.sealed', 'manifest.cancelled')
ORDER BY record.code, line.n, record.kind DESC, record.id
ON CONFLICT DO NOTHING
