-- Bring what was left out of manifests up to the ledger ($1 codes of pieces); the earliest word on a pair holds.
INSERT INTO manifest_exception AS kept (manifest, piece, reason, at)
SELECT DISTINCT ON (entry.body ->> 'manifest', entry.code)
    entry.body ->> 'manifest', entry.code, entry.body ->> 'reason', entry.occurred_at
FROM unnest((SELECT $1::text[])) AS asked (code)
CROSS JOIN LATERAL ledger_of(asked.code) AS entry
WHERE entry.stream = 3
AND entry.kind = 'manifest.excepted'
ORDER BY entry.body ->> 'manifest', entry.code, entry.occurred_at, entry.id
ON CONFLICT (manifest, piece) DO UPDATE SET reason = EXCLUDED.reason, at = EXCLUDED.at
