-- The next rows of an import ($1) behind the place ($2, $3, $4), at most $5: all about one thing follow each other.
SELECT row, subject, at, sealed
FROM import_row
WHERE job = $1 AND (subject, at, row) > ($2::text, $3::timestamptz, $4::int)
ORDER BY subject, at, row
LIMIT $5
