-- Entries of the audit log, the newest first; $1 organisations that did it (all if null), $2 who, $3 a code that it was
-- about, $4 how the deed begins, $5 and $6 the least id of the first day and of the one after the last, $7 the id to begin
-- before, $8 how many.
SELECT id, at, actor, organisation, action, subject, detail
FROM audit
WHERE ($1::text[] IS NULL OR organisation = ANY($1))
  AND ($2::text IS NULL OR actor = $2)
  AND ($3::text IS NULL OR array_append(string_to_array(subject, '/'), detail ->> 'code') @> ARRAY[$3::text])
  AND ($4::text IS NULL OR starts_with(action, $4))
  AND ($5::uuid IS NULL OR id >= $5)
  AND ($6::uuid IS NULL OR id < $6)
  AND ($7::uuid IS NULL OR id < $7)
ORDER BY id DESC
LIMIT $8
