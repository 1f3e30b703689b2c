SELECT live.waiting, live.failing, dead.dead, live.oldest
FROM
    (
        SELECT
            count(*) AS waiting,
            count(*) FILTER (WHERE attempts > 0) AS failing,
            min(available_at) AS oldest
        FROM outbox
        WHERE live IS NOT NULL
    ) AS live,
    (SELECT count(*) AS dead FROM outbox WHERE dead_at IS NOT NULL) AS dead
