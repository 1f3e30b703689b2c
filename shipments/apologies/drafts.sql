-- Letters to be signed, by what must go out first; those of cases that ended in time are moot.
SELECT kept.*, d.procedure, d.unit, d.ended_at, d.due_now, kept.due < $5::timestamptz AS overdue
FROM apology_draft AS kept
JOIN dossier AS d ON d.code = kept.dossier
WHERE kept.sent_at IS NULL
  AND NOT d.withdrawn
  AND NOT (kept.drafted_by IS NULL AND d.extensions >= kept.ordinal)
  AND (d.ended_at IS NULL OR d.ended_at > kept.due)
  AND ($1::boolean OR ARRAY[kept.authority, kept.desk, d.unit] && $2::text[])
  AND ($3::timestamptz IS NULL OR (kept.send_by, kept.dossier) > ($3, $4::text))
ORDER BY kept.send_by, kept.dossier
LIMIT $6
