-- Lock the codes that a batch of scans names, and what was ever packed in them, at any depth (a scan of a bag changes its
-- contents too), with the lines of manifests among them: all at once and in one order for everybody, so that no two
-- batches wait in a circle. Tells which codes are registered. The first lock, shared, keeps a rebuild away.
-- $1 codes, $2 the rebuild's lock.
WITH RECURSIVE inside (code) AS (
    SELECT code FROM unnest($1::text[]) AS code
    UNION
    SELECT link.code
    FROM inside
    CROSS JOIN LATERAL (SELECT code FROM ledger_subject WHERE subject = inside.code AND stream = 1 OFFSET 0) AS link
),
named AS (
    SELECT code FROM inside
    UNION
    SELECT subject FROM ledger_subject WHERE code = ANY ((SELECT array_agg(code) FROM inside)::text[]) AND stream = 3
)
SELECT NULL AS code, false AS registered, pg_advisory_xact_lock_shared($2)::text AS locked
UNION ALL
SELECT
    code, EXISTS (SELECT FROM piece WHERE piece.code = ordered.code) AS registered, pg_advisory_xact_lock(key)::text
FROM (SELECT code, hashtextextended(code, 0) AS key FROM named ORDER BY key, code) AS ordered
