-- Entries of the audit log about some codes ($1), the newest first, before an id ($2), so many ($3).
SELECT id, at, actor, organisation, action, subject, detail
FROM audit
WHERE array_append(string_to_array(subject, '/'), detail ->> 'code') && $1::text[]
  AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC
LIMIT $3
