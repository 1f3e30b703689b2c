-- Administrative units by optional conditions; $1 part of the search key, $2 province, $3 day of existence,
-- $4 the code to begin after, $5 how many.
SELECT code, province_code, name, type, valid_from, valid_to, citation
FROM administrative_unit
WHERE ($1::text IS NULL OR strpos(search_key, $1) > 0)
  AND ($2::text IS NULL OR province_code = $2 OR code = $2)
  AND ($3::date IS NULL OR (valid_from <= $3 AND (valid_to IS NULL OR $3 < valid_to)))
  AND ($4::text IS NULL OR code COLLATE "C" > $4)
ORDER BY code COLLATE "C"
LIMIT $5
