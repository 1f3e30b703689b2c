-- Lock the codes of a batch and whatever their earlier records speak of (the lines of a manifest), in one order for
-- everybody. What a scan names (a container) changes no more by it, so its earlier ones are left alone.
-- The first lock, shared, keeps a rebuild away. $1 codes, $2 the rebuild's lock.
SELECT NULL AS code, pg_advisory_xact_lock_shared($2)::text AS locked
UNION ALL
SELECT code, pg_advisory_xact_lock(key)::text
FROM (
    SELECT DISTINCT code, hashtextextended(code, 0) AS key
    FROM (
        SELECT unnest($1::text[]) AS code
        UNION
        SELECT subject FROM ledger_subject WHERE code = ANY ($1::text[]) AND stream = 3
    ) AS codes
    ORDER BY key, code
) AS ordered
