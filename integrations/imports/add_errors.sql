-- Keep why rows of an import were not taken; a reason that stands already stays.
INSERT INTO import_error (job, row, at_reading, heading, code, vi, en, cells)
SELECT $1, *
FROM unnest($2::int[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[])
ON CONFLICT (job, row) DO NOTHING
