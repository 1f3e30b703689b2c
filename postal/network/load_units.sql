-- Bring the shipped list in; rows that are equal already stay untouched.
INSERT INTO administrative_unit (code, province_code, name, search_key, type, valid_from, valid_to, citation)
SELECT code, province_code, name, search_key, type, valid_from, valid_to, $8
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[])
    AS shipped (code, province_code, name, search_key, type, valid_from, valid_to)
ON CONFLICT (code) DO UPDATE
SET province_code = excluded.province_code,
    name = excluded.name,
    search_key = excluded.search_key,
    type = excluded.type,
    valid_from = excluded.valid_from,
    valid_to = excluded.valid_to,
    citation = excluded.citation
WHERE (administrative_unit.province_code, administrative_unit.name, administrative_unit.type,
       administrative_unit.valid_from, administrative_unit.valid_to, administrative_unit.citation)
    IS DISTINCT FROM
      (excluded.province_code, excluded.name, excluded.type, excluded.valid_from, excluded.valid_to,
       excluded.citation)
