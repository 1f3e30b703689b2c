-- Note which pieces were scanned under which manifest ($1 codes).
INSERT INTO manifest_scan (manifest, piece)
SELECT DISTINCT body ->> 'manifest', code
FROM ledger
WHERE code = ANY($1::text[])
AND stream = 1
AND body ->> 'manifest' IS NOT NULL
AND body ->> 'manifest' <> code
ORDER BY 1, 2
ON CONFLICT DO NOTHING
