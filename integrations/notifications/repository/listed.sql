-- Notices with their tries, newest first: of a dossier ($1), or of those that the caller sees ($2 everything, $3 its
-- organisations); $4 only those that failed or whose last
-- try did, and that no person has tried again; $5 how many at most.
SELECT
    n.id, n.subscription, s.dossier, s.channel, n.kind, n.state, n.at, n.due_at, n.ended_at,
    (
        SELECT COALESCE(jsonb_agg(jsonb_build_object('number', t.number, 'began_at', t.began_at,
            'ended_at', t.ended_at, 'outcome', t.outcome, 'answer', t.answer) ORDER BY t.number), '[]')
        FROM notification_attempt AS t
        WHERE t.notice = n.id
    ) AS attempts,
    r.received_at AS reported_at, r.reason
FROM notification_notice AS n
JOIN notification_subscription AS s ON s.id = n.subscription AND s.dossier <> ''
LEFT JOIN notification_report AS r ON r.notice = n.id AND r.state = n.state
WHERE ($1::text IS NULL OR s.dossier = $1)
    AND ($2 OR EXISTS (SELECT FROM visibility AS v WHERE v.piece = s.dossier AND v.organisation = ANY ($3::text[])))
    AND NOT ($4 AND EXISTS (
        SELECT FROM notification_notice AS next
        WHERE next.subscription = n.subscription AND next.fact = n.fact || ':again'
    ))
    AND (NOT $4 OR n.state IN ('failed', 'expired') OR (n.state IN ('waiting', 'sending') AND n.attempts > 0))
ORDER BY n.made_at DESC, n.id DESC
LIMIT $5
