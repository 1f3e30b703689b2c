-- Who is told of what these codes ($1) are or carry: a dossier, its result, or an item with either inside.
SELECT DISTINCT
    asked.code AS asked, s.id, s.dossier, s.channel, s.language, s.state, s.made_at, s.confirmed_at, s.ended_at,
    s.ended_why
FROM unnest($1::text[]) AS asked (code)
LEFT JOIN piece ON piece.code = asked.code
CROSS JOIN LATERAL unnest(COALESCE(piece.dossiers, '{}') || asked.code) AS paper
JOIN notification_subscription AS s ON s.dossier = regexp_replace(paper, '-KQ$', '') AND s.state = 'active'
ORDER BY asked, s.id
