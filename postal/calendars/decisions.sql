SELECT decision.*, coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'day', day.day, 'change', day.change, 'as_weekday', day.as_weekday, 'name', day.name, 'hours', coalesce((
                SELECT jsonb_agg(jsonb_build_array(span.opens, span.closes) ORDER BY span.opens)
                FROM unnest(day.opens, day.closes) AS span (opens, closes)
            ), '[]')
        ) ORDER BY day.day)
        FROM calendar_decision_day AS day
        WHERE day.decision = decision.id
    ), '[]')::text AS days,
    (SELECT later.id FROM calendar_decision AS later WHERE later.withdraws = decision.id) AS withdrawn_by
FROM calendar_decision AS decision
WHERE ($1::text IS NULL OR decision.calendar = $1
       OR decision.calendar = (SELECT base FROM calendar WHERE code = $1))
  AND ($2::timestamptz IS NULL OR decision.entered_at < $2)
ORDER BY decision.entered_at DESC, decision.id
LIMIT $3
