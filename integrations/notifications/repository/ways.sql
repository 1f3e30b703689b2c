-- Of each way at $1: what is due and waits, since when the oldest of it, what was given over last, and how many tries
-- in a row ended otherwise since (of the last day: more say no more).
SELECT
    way.channel,
    waiting.number AS waiting,
    waiting.oldest,
    passed.at AS last_sent,
    COALESCE(failing.number, 0) AS failing,
    ended.failed
FROM unnest(ARRAY['email', 'webhook', 'sms', 'zalo']) WITH ORDINALITY AS way (channel, place)
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS number, min(n.made_at) AS oldest
    FROM notification_notice AS n
    JOIN notification_subscription AS s ON s.id = n.subscription
    WHERE s.channel = way.channel AND n.state IN ('waiting', 'sending') AND n.due_at <= $1
) AS waiting
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS failed
    FROM notification_notice AS n
    JOIN notification_subscription AS s ON s.id = n.subscription
    WHERE s.channel = way.channel AND n.state IN ('failed', 'expired') AND n.ended_at > $1 - interval '1 day'
) AS ended
CROSS JOIN LATERAL (
    SELECT max(t.ended_at) AS at
    FROM notification_attempt AS t
    JOIN notification_notice AS n ON n.id = t.notice
    JOIN notification_subscription AS s ON s.id = n.subscription
    WHERE s.channel = way.channel AND t.outcome = 'sent' AND t.began_at > $1 - interval '30 days'
) AS passed
CROSS JOIN LATERAL (
    SELECT count(*)::integer AS number
    FROM notification_attempt AS t
    JOIN notification_notice AS n ON n.id = t.notice
    JOIN notification_subscription AS s ON s.id = n.subscription
    WHERE s.channel = way.channel AND t.outcome IN ('later', 'unknown') AND t.began_at > $1 - interval '1 day'
        AND (passed.at IS NULL OR t.ended_at > passed.at)
) AS failing
ORDER BY way.place
