-- Organisations by optional conditions, after a code; $1 codes, $2 part of the search key, $3 kind, $4 unit or
-- province, $5 parent, $6 day of existence, $7 the code to begin after, $8 how many.
SELECT o.code, o.name, o.kind, o.level, o.parent, o.unit_code, coalesce(u.province_code, u.code) AS province_code,
       o.calendar, o.valid_from, o.valid_to, o.successor, o.address_public
FROM organisation AS o
LEFT JOIN administrative_unit AS u ON u.code = o.unit_code
WHERE ($1::text[] IS NULL OR o.code = ANY($1))
  AND ($2::text IS NULL OR strpos(o.search_key, $2) > 0)
  AND ($3::text IS NULL OR o.kind = $3)
  AND ($4::text IS NULL OR u.code = $4 OR u.province_code = $4)
  AND ($5::text IS NULL OR o.parent = $5)
  AND ($6::date IS NULL OR (o.valid_from <= $6 AND (o.valid_to IS NULL OR $6 < o.valid_to)))
  AND ($7::text IS NULL OR o.code COLLATE "C" > $7)
ORDER BY o.code COLLATE "C"
LIMIT $8
