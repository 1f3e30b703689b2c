SELECT code, name, zone, base, citation, status, 1 + (
    SELECT count(*)
    FROM calendar_decision
    WHERE calendar_decision.calendar IN (calendar.code, calendar.base)
)::integer AS version
FROM calendar
ORDER BY code COLLATE "C"
