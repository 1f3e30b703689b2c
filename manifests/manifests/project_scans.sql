-- Note which pieces were scanned under which manifest ($1 codes).
INSERT INTO manifest_scan (manifest, piece)
SELECT DISTINCT entry.body ->> 'manifest', entry.code
FROM unnest((SELECT $1::text[])) AS asked (code)
CROSS JOIN LATERAL ledger_of(asked.code) AS entry
WHERE entry.stream = 1
AND entry.body ->> 'manifest' IS NOT NULL
AND entry.body ->> 'manifest' <> entry.code
ORDER BY 1, 2
ON CONFLICT DO NOTHING
