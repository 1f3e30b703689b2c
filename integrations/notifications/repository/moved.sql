-- Promises that a decision on working days moved since somebody asked to be told of them, and that were not told yet.
-- No decision makes a promise shorter than it was stated, and a day that a letter named stays what it is.
SELECT
    s.id, s.dossier, s.channel, s.language, s.state, s.made_at, s.confirmed_at, s.ended_at, s.ended_why,
    m.decision || ':' || m.ordinal AS decision, GREATEST(d.due_now, m.due_after) AS due_after, m.moved_at
FROM notification_subscription AS s
JOIN deadline_move AS m ON m.dossier = s.dossier AND m.clock = 'C3' AND m.moved_at >= s.confirmed_at
JOIN dossier AS d ON d.code = s.dossier AND d.ended_at IS NULL
WHERE s.state = 'active' AND GREATEST(d.due_now, m.due_before) <> GREATEST(d.due_now, m.due_after)
    AND NOT EXISTS (
        SELECT FROM dossier_clock AS c
        WHERE c.dossier = m.dossier AND c.clock = m.clock AND c.ordinal = m.ordinal AND c.due_extended IS NOT NULL
    )
    AND NOT EXISTS (
        SELECT FROM notification_notice AS n
        WHERE n.subscription = s.id AND n.fact = 'moved:' || m.decision || ':' || m.ordinal
    )
ORDER BY m.moved_at, m.decision, s.id
LIMIT 500
