SELECT decision.*, coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'day', day.day, 'change', day.change, 'as_weekday', day.as_weekday, 'name', day.name, 'hours', coalesce((
                SELECT jsonb_agg(jsonb_build_array(span.opens, span.closes) ORDER BY span.opens)
                FROM unnest(day.opens, day.closes) AS span (opens, closes)
            ), '[]')
        ) ORDER BY day.day)
        FROM calendar_decision_day AS day
        WHERE day.decision = decision.id
    ), '[]')::text AS days, NULL::uuid AS withdrawn_by
FROM calendar_decision AS decision
WHERE decision.calendar = ANY ($1::text[])
ORDER BY decision.entered_at, decision.id
