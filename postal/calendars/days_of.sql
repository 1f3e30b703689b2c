-- One rule for each day: a row of our own wins over a derived one.
SELECT DISTINCT ON (calendar, day) calendar, day, source, works, as_weekday, name, citation, status
FROM calendar_day
WHERE calendar = ANY ($1::text[])
ORDER BY calendar, day, (source = 'own') DESC, source
