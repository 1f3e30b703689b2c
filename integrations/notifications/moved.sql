-- Promises that a decision on working days moved since somebody asked to be told of them, and that were not told yet.
SELECT
    s.id, s.dossier, s.channel, s.language, s.state, s.made_at, s.confirmed_at, s.ended_at, s.ended_why,
    m.decision || ':' || m.ordinal AS decision, m.due_after, m.moved_at
FROM notification_subscription AS s
JOIN deadline_move AS m ON m.dossier = s.dossier AND m.clock = 'C3' AND m.moved_at >= s.confirmed_at
WHERE s.state = 'active' AND m.due_before <> m.due_after
    AND NOT EXISTS (
        SELECT FROM notification_notice AS n
        WHERE n.subscription = s.id AND n.fact = 'moved:' || m.decision || ':' || m.ordinal
    )
ORDER BY m.moved_at, m.decision, s.id
LIMIT 500
