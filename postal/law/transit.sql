SELECT zone, with_slip, days, calendar, valid_from, valid_to, citation, status
FROM transit_standard
WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
ORDER BY zone, with_slip
