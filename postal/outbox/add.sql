-- Writers of one key wait for each other's end, so that its positions are in the order of commits and no message can
-- appear behind one that was claimed already. A NULL key takes no lock.
WITH held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(1331983192, hashtext($3))
)
INSERT INTO outbox (id, topic, key, payload, created_at, available_at, attempts)
SELECT $1, $2, $3, $4::jsonb, $5, $6, 0
FROM held
