INSERT INTO calendar_day (calendar, day, source, works, as_weekday, name, citation, status)
SELECT $1, given.*
FROM unnest($2::date[], $3::text[], $4::boolean[], $5::int2[], $6::text[], $7::text[], $8::text[])
    AS given (day, source, works, as_weekday, name, citation, status)
