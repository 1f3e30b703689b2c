-- Entered later than every decision on the same calendar, its base or what is based on it, so that versions have one order.
WITH earlier AS (
    SELECT max(calendar_decision.entered_at) AS last
    FROM calendar_decision
    JOIN calendar ON calendar.code = calendar_decision.calendar
    WHERE calendar.code = $2 OR calendar.base = $2
       OR calendar.code = (SELECT base FROM calendar WHERE code = $2)
),
entered AS (
    INSERT INTO calendar_decision (
        id, calendar, number, decided_on, title, status, entered_at, entered_by, organisation, withdraws
    )
    SELECT $1, $2, $3, $4, $5, $6, greatest($7, earlier.last + interval '1 microsecond'), $8, $9, $11
    FROM earlier
    ON CONFLICT (calendar, number) DO NOTHING
    RETURNING id, entered_at
),
days AS (
    INSERT INTO calendar_decision_day (decision, day, change, as_weekday, opens, closes, name)
    SELECT entered.id, given.*
    FROM entered, jsonb_to_recordset($10::text::jsonb)
        AS given (day date, change text, as_weekday int2, opens int2[], closes int2[], name text)
),
changed AS (
    UPDATE calendar
    SET changed_at = greatest(entered.entered_at, calendar.changed_at + interval '1 microsecond')
    FROM entered
    WHERE calendar.code = $2
)
SELECT entered_at FROM entered
