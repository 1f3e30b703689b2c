SELECT calendar, weekday, opens, closes, valid_from, valid_to
FROM calendar_hours
WHERE calendar = ANY ($1::text[])
ORDER BY calendar, valid_from, weekday, opens
