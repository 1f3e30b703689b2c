-- What the organisations of those who asked must act on at $1, of what came up since they confirmed their address: a
-- limit that is near or over, a discrepancy, a run that did not leave in time. What rows of cases tell comes by the feed.
INSERT INTO notification_staff_fact (subscription, fact, kind, code, at)
SELECT f.subscription, found.fact, found.kind, found.code, found.at
FROM (
    SELECT DISTINCT f.subscription, f.kinds, a.organisation, s.confirmed_at
    FROM notification_staff AS f
    JOIN notification_subscription AS s ON s.id = f.subscription AND s.state = 'active'
    JOIN assignment AS a ON a.person = f.person AND a.valid_from <= $1 AND (a.valid_to IS NULL OR a.valid_to > $1)
) AS f
CROSS JOIN LATERAL (
    SELECT 'near_due:' || c.dossier || ':' || extract(epoch FROM c.due) AS fact, 'near_due' AS kind,
        c.dossier AS code, c.due AS at
    FROM dossier_clock AS c
    WHERE c.desk = f.organisation AND c.clock = 'C3' AND c.stopped_at IS NULL AND c.paused_since IS NULL
        AND c.near_at BETWEEN f.confirmed_at AND $1 AND c.due > $1
    UNION ALL
    SELECT 'late:' || c.dossier || ':' || extract(epoch FROM c.due), 'late', c.dossier, c.due
    FROM dossier_clock AS c
    WHERE c.desk = f.organisation AND c.clock = 'C3' AND c.stopped_at IS NULL AND c.paused_since IS NULL
        AND c.due BETWEEN f.confirmed_at AND $1
    UNION ALL
    SELECT 'discrepancy:' || x.id || ':' || x.reopened, 'discrepancy', x.manifest, x.deadline
    FROM discrepancy AS x
    WHERE x.owner = f.organisation AND x.state = 'open' AND x.opened_at BETWEEN f.confirmed_at AND $1
    UNION ALL
    SELECT 'run:' || m.code || ':' || extract(epoch FROM m.cut_off), 'run', m.code, m.cut_off
    FROM manifest AS m
    WHERE f.organisation IN (m.giver, m.receiver) AND m.state IN ('draft', 'sealed')
        AND m.cut_off BETWEEN f.confirmed_at AND $1
) AS found
WHERE found.kind = ANY (f.kinds)
ON CONFLICT DO NOTHING
RETURNING fact
