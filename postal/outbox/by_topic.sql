-- Each part by the partial index of its own: messages that are done are many and not read.
SELECT
    topic,
    count(*) AS waiting,
    count(*) FILTER (WHERE attempts > 0) AS failing,
    0 AS dead,
    min(available_at) AS oldest
FROM outbox
WHERE live IS NOT NULL
GROUP BY topic
UNION ALL
SELECT topic, 0, 0, count(*), NULL
FROM outbox
WHERE dead_at IS NOT NULL
GROUP BY topic
