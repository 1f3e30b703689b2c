-- Note which pieces were scanned under which manifest ($1 codes). What is disputed was said too, whichever came first.
INSERT INTO manifest_scan (manifest, piece)
SELECT DISTINCT entry.body ->> 'manifest', entry.code
FROM unnest((SELECT $1::text[])) AS asked (code)
CROSS JOIN LATERAL (
    SELECT code, kind, organisation, corrected_at, received_at, body FROM ledger_of(asked.code) WHERE stream = 1
    UNION ALL
    SELECT code, content ->> 'kind', content ->> 'organisation', corrected_at, received_at, content -> 'body'
    FROM ledger_dispute
    WHERE ledger_dispute.code = asked.code AND (content ->> 'stream')::int = 1
) AS entry
WHERE entry.body ->> 'manifest' IS NOT NULL
AND entry.body ->> 'manifest' <> entry.code
ORDER BY 1, 2
ON CONFLICT DO NOTHING
