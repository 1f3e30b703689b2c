INSERT INTO calendar_hours (calendar, weekday, opens, closes, valid_from, valid_to)
SELECT $1, weekday, opens, closes, coalesce(valid_from, $2::date), valid_to
FROM unnest($3::int2[], $4::int2[], $5::int2[], $6::date[], $7::date[])
    AS given (weekday, opens, closes, valid_from, valid_to)
