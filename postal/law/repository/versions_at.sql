SELECT DISTINCT ON (asked.code, asked.day) asked.day AS asked, procedure.*
FROM unnest($1::text[], $2::date[]) AS asked (code, day)
JOIN procedure ON procedure.code = asked.code
    AND procedure.valid_from <= asked.day
    AND (procedure.valid_to IS NULL OR procedure.valid_to > asked.day)
ORDER BY asked.code, asked.day, procedure.version DESC
