SELECT
    count(*) FILTER (WHERE dead_at IS NULL) AS waiting,
    count(*) FILTER (WHERE dead_at IS NULL AND attempts > 0) AS failing,
    count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,
    min(available_at) FILTER (WHERE dead_at IS NULL) AS oldest
FROM outbox
WHERE done_at IS NULL
