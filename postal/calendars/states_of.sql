SELECT calendar.code, calendar.name, calendar.zone, calendar.base, calendar.first_day, calendar.last_day,
       calendar.changed_at, base.changed_at AS base_changed_at
FROM calendar
LEFT JOIN calendar AS base ON base.code = calendar.base
WHERE calendar.code = ANY ($1::text[])
ORDER BY calendar.code
