-- Devices heard of since $1 of which numbers are missing below the last one that they stated, and those silent since $2.
SELECT
    count(DISTINCT device) FILTER (WHERE int8multirange(int8range(1, stated_last + 1)) - received <> '{}') AS uncovered,
    min(last_contact) FILTER (WHERE int8multirange(int8range(1, stated_last + 1)) - received <> '{}') AS longest,
    count(DISTINCT device) FILTER (WHERE last_contact < $2) AS silent
FROM device_epoch
WHERE last_contact >= $1
