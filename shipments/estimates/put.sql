INSERT INTO estimate_history (clock, route, procedure, weekday, spans, judged, inside, day)
SELECT clock, route, procedure, weekday, spans, judged, inside, $2::date
FROM jsonb_to_recordset($1::text::jsonb) AS given (
    clock text, route text, procedure text, weekday smallint, spans bigint[], judged integer, inside integer
)
ON CONFLICT (clock, route, procedure, weekday) DO UPDATE
SET spans = EXCLUDED.spans, judged = EXCLUDED.judged, inside = EXCLUDED.inside, day = EXCLUDED.day
