SELECT *
FROM law_change
WHERE ($1::uuid IS NULL OR id < $1) AND ($2::text IS NULL OR what = $2) AND ($3::text IS NULL OR subject = $3)
ORDER BY id DESC
LIMIT $4
