-- What waits and what was given up, by kind, and how many destinations are left alone at $1.
SELECT
    d.kind,
    count(*) FILTER (WHERE d.state = 'active' AND d.open_until IS NOT NULL)::int AS open,
    COALESCE(sum(w.waiting), 0)::int AS waiting,
    COALESCE(sum(x.dead), 0)::int AS dead,
    min(w.oldest) FILTER (WHERE d.state = 'active') AS oldest
FROM delivery_destination AS d
LEFT JOIN (
    SELECT destination, count(*) AS waiting, min(open_since) AS oldest
    FROM delivery
    WHERE open_since IS NOT NULL
    GROUP BY destination
) AS w ON w.destination = d.id
LEFT JOIN (
    SELECT destination, count(*) AS dead FROM delivery WHERE state = 'dead' GROUP BY destination
) AS x ON x.destination = d.id
GROUP BY d.kind
ORDER BY d.kind
